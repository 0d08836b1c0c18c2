//! Texts that only the person can settle: refused, or of unknown fate. They are sent again or put away at the person's word and
//! never by themselves (DECISIONS 12).

use super::Registry;
use crate::{
    base::ids::{MessageId, SendRef, SessionId},
    model::{
        message::MessageState,
        turn::{Turn, TurnState},
    },
    proto::{Answer, Refusal, command::Settle},
};

impl Registry {
    /// The person says what becomes of a text that was refused or whose fate is not known.
    pub(super) fn on_settle(
        &mut self,
        session: SessionId,
        message: MessageId,
        how: Settle,
    ) -> Result<Option<Answer>, Refusal> {
        self.session(session).ok_or(Refusal::NoSession)?;
        let known = self.message(session, message).ok_or(Refusal::NotQueued)?;
        let uncertain = known.state == MessageState::Uncertain;
        if !uncertain && !matches!(known.state, MessageState::Refused(_)) {
            return Err(Refusal::NotQueued);
        }
        let text = known.plain();
        if how == Settle::Resend {
            if self.is_busy(session) {
                return Err(Refusal::Running);
            }
            self.may_send(session, &text)?;
        }
        self.remove_message(session, message);
        if uncertain {
            self.certain(session);
        }
        if how == Settle::Resend {
            let reference = SendRef(self.mint());
            self.begin_send(session, text, reference);
        }
        Ok(Some(Answer::Done))
    }

    /// One text fewer whose fate is not known.
    pub(super) fn certain(&mut self, session: SessionId) {
        let run = self.run(session);
        run.uncertain = run.uncertain.saturating_sub(1);
        if run.uncertain == 0
            && self.session(session).is_some_and(|known| known.turn.state == TurnState::Uncertain)
        {
            self.set_turn(session, Turn::default());
        }
    }
}
