//! What a person can do about a turn that failed: one sentence by the kind of the error, read off the backend's words.

/// Advice on `error`, which is the backend's text; empty when there is none to give.
pub(super) fn advice(error: &str) -> &'static str {
    let error = error.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| error.contains(word));
    // The first that fits: a refused key is also an HTTP error, and a lost backend also a lost connection.
    if says(&["the backend was lost", "its backend was stopped"]) {
        "What it did until then stands."
    } else if says(&["no inference provider"]) {
        "Choose a provider with `hermes model`."
    } else if says(&["context injection refused", "context length", "payload too large", "too many tokens"]) {
        "It is too much for the model: send less of it, or /compress first."
    } else if says(&["http 401", "http 403", "api key", "unauthorized", "authentication"]) {
        "The provider does not accept this profile's key: set it in the profile's .env, or choose a model with `hermes model`."
    } else if says(&["http 402", "billing", "credit", "quota"]) {
        "The account has nothing left: top it up, or take another model with /model."
    } else if says(&["http 429", "rate limit", "overloaded"]) {
        "The provider asks for patience: wait a little."
    } else if says(&["stream connection keeps dropping", "network", "connection", "timed out", "timeout"]) {
        "The provider could not be reached: check the network, and its address in config.yaml."
    } else if says(&["http 5"]) {
        "The error is the provider's own: later it may work."
    } else {
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::advice;
    use rstest::rstest;

    #[rstest]
    #[case("HTTP 401: incorrect API key provided", "key")]
    #[case("Billing or credits exhausted: HTTP 402: insufficient credits", "top it up")]
    #[case("API call failed after 3 retries: HTTP 429: rate limit reached", "patience")]
    #[case("API call failed after 3 retries: HTTP 500: server error", "provider's own")]
    #[case("API call failed after 3 retries: Connection error.", "network")]
    #[case("@ context injection refused: 405010 tokens exceeds the 50% hard limit (100000).", "too much")]
    #[case("the backend was lost in the middle of this turn: connection reset", "until then")]
    fn every_kind_of_error_has_its_advice(#[case] error: &str, #[case] word: &str) {
        assert!(advice(error).contains(word), "{}", advice(error));
    }

    #[test]
    fn what_is_not_known_gets_no_advice() {
        assert_eq!(advice("a model said: HTML"), "");
    }
}
