# The bot alone: its program, the C library that it is linked to, and a folder for its data.
# Root certificates are in the program. There is no shell, and nothing runs as root.

FROM docker.io/library/rust:1.95.0-slim-bookworm AS build
# The image's own toolchain, without the components that rust-toolchain.toml adds for development.
ENV RUSTUP_TOOLCHAIN=1.95.0
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
WORKDIR /source
COPY . .
RUN cargo build --release --locked --bin whisul-bot
# `ldd` names the libraries by absolute paths. Without nsswitch.conf, /etc/hosts would be ignored.
RUN mkdir -p /image/etc /owned/data \
 && cp target/release/whisul-bot /image/ \
 && ldd target/release/whisul-bot | grep -o '/[^ ]*' \
  | xargs cp --parents --dereference --target-directory=/image \
 && echo 'hosts: files dns' >/image/etc/nsswitch.conf \
 && echo 'whisul-bot:x:10001:10001::/data:/whisul-bot' >/image/etc/passwd

FROM scratch
COPY --from=build /image/ /
COPY --from=build --chown=10001:10001 /owned/ /
ENV DATABASE_URL=sqlite:///data/whisul-bot.db
USER 10001:10001
WORKDIR /data
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s CMD ["/whisul-bot", "healthcheck"]
ENTRYPOINT ["/whisul-bot"]
