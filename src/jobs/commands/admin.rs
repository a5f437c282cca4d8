//! What admins may do and see.

use std::time::Duration;

use tracing::info;

use crate::{
    domain::{
        ActionOutcome, AdminAction, AuditEntry, Canceller, Charges, Failure, GuildId,
        InteractionId, Limits, Requester, State, Stats, UserId,
    },
    jobs::Jobs,
    store::StoreError,
};

#[expect(clippy::missing_errors_doc, reason = "each fails when the database does")]
impl Jobs {
    /// Does what an admin wants, by writing it down.
    pub async fn perform(&self, entry: &AuditEntry) -> Result<ActionOutcome, StoreError> {
        self.clock.observe(entry.id);
        let performed = self.store.perform(entry).await?;
        if matches!(performed, ActionOutcome::Recorded | ActionOutcome::Renewed) {
            let (admin, guild) = (entry.admin, entry.guild);
            info!(action = %entry.id, %admin, %guild, "admin action recorded");
        }
        Ok(performed)
    }

    /// The limits in force for a person in a place, and the charges that count against them.
    pub async fn quota_of(
        &self,
        interaction: InteractionId,
        person: UserId,
        guild: Option<GuildId>,
        requester: &Requester<'_>,
    ) -> Result<(Limits, Charges), StoreError> {
        let limits = self.config.limits.with(&self.store.overrides(person, guild).await?);
        let charges = self.store.charges(interaction, person, guild, requester, &limits).await?;
        Ok((limits, charges))
    }

    /// How many songs of a person count that they asked for in a server in the latest while.
    pub async fn charged_here(
        &self,
        person: UserId,
        guild: GuildId,
        period: Duration,
    ) -> Result<u64, StoreError> {
        let since = self.clock.now().saturating_sub(period);
        self.store.charged_here(person, guild, since).await
    }

    /// Whose song an admin action cancelled or ended; `None` if it came too late, or the song is
    /// forgotten.
    pub async fn cancelled_by(&self, entry: &AuditEntry) -> Result<Option<UserId>, StoreError> {
        let AdminAction::Cancel(job) = entry.action else { return Ok(None) };
        let Some(job) = self.store.job(job).await? else { return Ok(None) };
        let by_them = match &job.state {
            State::Cancelled(cancellation) => match cancellation.by {
                Canceller::Moderator(person) => person == entry.admin,
                Canceller::Owner => true,
                Canceller::Requester => job.requester == entry.admin,
                Canceller::Deletion => false,
            },
            State::Failed(Failure::Ended { .. }) => true,
            _ => false,
        };
        Ok(by_them.then_some(job.requester))
    }

    /// What is in force all the same, where an admin action ended something of the same kind, or
    /// found nothing to end: everywhere and in its own server; in all servers, if it was to hold
    /// everywhere.
    pub async fn still_in_force(&self, entry: &AuditEntry) -> Result<Vec<AuditEntry>, StoreError> {
        if !entry.action.is_end() {
            return Ok(Vec::new());
        }
        self.store.still_in_force(entry).await
    }

    /// Numbers about the songs of the latest while.
    pub async fn stats(
        &self,
        guild: Option<GuildId>,
        period: Duration,
        top: u32,
    ) -> Result<Stats, StoreError> {
        self.store.stats(guild, self.clock.now().saturating_sub(period), top).await
    }

    /// The limits of the settings, above which commands may stand.
    pub fn settings_limits(&self) -> &Limits {
        &self.config.limits
    }

    /// How long settled jobs are remembered.
    pub fn history_retention(&self) -> Duration {
        self.config.history_retention
    }
}
