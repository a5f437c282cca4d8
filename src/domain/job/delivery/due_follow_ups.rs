//! Which follow-ups a job's requester gets.

use std::time::Duration;

use crate::domain::{FollowUpSettings, FollowUps, Job, MessageAccess, Shown, State, Timestamp};

/// Who waited longer than this for a song is told that it is ready: they may have looked away.
const ATTENTION: Duration = Duration::from_mins(1);

impl Job {
    /// The follow-ups of an outcome that is shown now.
    pub fn follow_ups_after(
        &self,
        shown: Shown,
        allowed: FollowUpSettings,
        now: Timestamp,
    ) -> FollowUps {
        let State::Completed { song, .. } = &self.state else { return FollowUps::default() };
        let waited = now.since(self.id.created_at()) > ATTENTION;
        let audio = allowed.audio && song.song_url.is_some();
        let cover = allowed.cover && song.image_url.is_some();
        FollowUps {
            notice: allowed.notice && waited && !self.notifies_by_itself(shown),
            // A message whose content Discord has rejected gets no files.
            files: (audio || cover) && !shown.bare,
        }
    }

    /// Whether Discord tells the requester of the message: it is a new one in direct messages with
    /// them, and no edit.
    fn notifies_by_itself(&self, shown: Shown) -> bool {
        let own_conversation =
            self.place.guild.is_none() && self.place.access == MessageAccess::Channel;
        let direct = own_conversation || shown.channel != self.place.channel;
        direct && self.message != Some(shown.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        Cancellation, Canceller, ChannelId, GuildId, JobId, MessageId, Song, UserId, fixtures,
    };

    const ALL: FollowUpSettings = FollowUpSettings { notice: true, audio: true, cover: true };
    const EDITED: Shown = Shown { message: MessageId(9), channel: ChannelId(3), bare: false };

    fn job(guild: Option<GuildId>) -> Job {
        let mut job = fixtures::job(JobId(1 << 40), UserId(2));
        job.place.guild = guild;
        job.message = Some(MessageId(9));
        let song = Song { song_url: Some("https://a.example/b".to_owned()), ..Song::default() };
        job.state = State::Completed { song, took: Duration::ZERO };
        job
    }

    fn follow_ups(job: &Job, shown: Shown, allowed: FollowUpSettings, waited: u64) -> FollowUps {
        job.follow_ups_after(
            shown,
            allowed,
            job.id.created_at().saturating_add(Duration::from_secs(waited)),
        )
    }

    #[test]
    fn only_who_waited_long_is_told() {
        let job = job(Some(GuildId(5)));
        assert!(!follow_ups(&job, EDITED, ALL, 60).notice);
        assert!(follow_ups(&job, EDITED, ALL, 61).notice);
        assert!(!follow_ups(&job, EDITED, FollowUpSettings { notice: false, ..ALL }, 61).notice);
    }

    #[test]
    fn whom_discord_tells_is_not_told_again() {
        let direct = Shown { message: MessageId(10), channel: ChannelId(7), ..EDITED };
        let new = Shown { message: MessageId(10), ..EDITED };
        let (in_server, in_conversation) = (job(Some(GuildId(5))), job(None));
        assert!(!follow_ups(&in_server, direct, ALL, 99).notice);
        assert!(follow_ups(&in_server, new, ALL, 99).notice);
        assert!(!follow_ups(&in_conversation, new, ALL, 99).notice);
        assert!(follow_ups(&in_conversation, EDITED, ALL, 99).notice);
    }

    #[test]
    fn files_are_owed_where_there_are_any() {
        let mut job = job(None);
        assert!(follow_ups(&job, EDITED, ALL, 0).files);
        assert!(!follow_ups(&job, Shown { bare: true, ..EDITED }, ALL, 0).files);
        assert!(!follow_ups(&job, EDITED, FollowUpSettings { audio: false, ..ALL }, 0).files);
        job.state = State::Cancelled(Cancellation::by(Canceller::Requester));
        assert_eq!(follow_ups(&job, EDITED, ALL, 99), FollowUps::default());
    }
}
