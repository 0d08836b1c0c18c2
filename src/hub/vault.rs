//! Secrets on their way from a terminal to a backend: in by their own frame, out once.

use crate::base::{
    clock::Tick,
    ids::{ClientId, SecretHandle},
    secret::Secret,
};
use std::collections::HashMap;

/// How long a secret waits for the command that names it, in milliseconds: both were sent in one breath.
const WAITS: u64 = 10_000;
/// Secrets that one hub holds at a time. A person gives one at a time; more is a broken terminal.
const MAX: usize = 64;

/// The hub's one-shot vault. A secret leaves it once or is wiped.
#[derive(Debug, Default)]
pub(super) struct Vault {
    held: HashMap<SecretHandle, (ClientId, Tick, Secret)>,
}

impl Vault {
    /// Takes a secret in. One that comes under a handle in use, or when the vault is full, is wiped, not kept.
    pub(super) fn put(&mut self, client: ClientId, handle: SecretHandle, secret: Secret, now: Tick) {
        self.expire(now);
        if self.held.len() < MAX {
            self.held.entry(handle).or_insert((client, now, secret));
        }
    }

    /// Gives a secret out, once and in time.
    pub(super) fn redeem(&mut self, handle: SecretHandle, now: Tick) -> Option<Secret> {
        self.expire(now);
        self.held.remove(&handle).map(|(.., secret)| secret)
    }

    /// Wipes what nobody came for.
    pub(super) fn expire(&mut self, now: Tick) {
        self.held.retain(|_, (_, since, _)| now.since(*since) < WAITS);
    }

    /// When [`Vault::expire`] has something to do.
    pub(super) fn next_deadline(&self) -> Option<Tick> {
        self.held.values().map(|(_, since, _)| since.plus(WAITS)).min()
    }

    /// Wipes one secret.
    pub(super) fn wipe(&mut self, handle: SecretHandle) {
        self.held.remove(&handle);
    }

    /// Wipes what a terminal that left had handed over.
    pub(super) fn wipe_client(&mut self, client: ClientId) {
        self.held.retain(|_, (owner, ..)| *owner != client);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault() -> Vault {
        let mut vault = Vault::default();
        vault.put(ClientId(1), SecretHandle(7), Secret::new("s".into()), Tick(0));
        vault
    }

    #[test]
    fn a_secret_is_redeemed_once() {
        let mut vault = vault();
        assert!(vault.redeem(SecretHandle(7), Tick(WAITS - 1)).is_some());
        assert!(vault.redeem(SecretHandle(7), Tick(WAITS - 1)).is_none());
    }

    #[test]
    fn a_secret_does_not_outlive_its_terminal_or_its_time() {
        let mut left = vault();
        left.wipe_client(ClientId(1));
        assert!(left.redeem(SecretHandle(7), Tick(1)).is_none());
        assert!(vault().redeem(SecretHandle(7), Tick(WAITS)).is_none());
        let mut late = vault();
        late.put(ClientId(2), SecretHandle(8), Secret::new("t".into()), Tick(1));
        assert_eq!(late.next_deadline(), Some(Tick(WAITS)));
        late.expire(Tick(WAITS));
        assert_eq!((late.held.len(), late.next_deadline()), (1, Some(Tick(WAITS + 1))));
    }

    #[test]
    fn a_second_secret_never_replaces_the_first() {
        let mut vault = vault();
        vault.put(ClientId(2), SecretHandle(7), Secret::new("other".into()), Tick(1));
        assert_eq!(vault.redeem(SecretHandle(7), Tick(1)), Some(Secret::new("s".into())));
    }
}
