//! What a backend offers to be set, as choices.
//!
//! Hermes names the models and personalities itself. For effort, tier and approvals it takes fixed words and says only which one is
//! set; the words are those of Hermes 0.19.

use super::{json::Fields, oddity::Oddities};
use crate::{
    base::text::Untrusted,
    model::{
        agent::Reply,
        settings::{Choice, Setting, Topic},
    },
};
use serde_json::value::RawValue;

/// The most choices of one topic that are kept.
const MAX_CHOICES: usize = 4096;
/// The most providers.
const MAX_PROVIDERS: usize = 256;

const EFFORTS: &[(&str, &str)] = &[
    ("none", "answers at once"),
    ("minimal", ""),
    ("low", ""),
    ("medium", ""),
    ("high", ""),
    ("xhigh", "thinks longest"),
];
const TIERS: &[(&str, &str)] =
    &[("normal", "the provider's usual tier"), ("fast", "the provider's priority tier: faster and dearer")];
const APPROVALS: &[(&str, &str)] = &[
    ("manual", "you are asked for every dangerous command"),
    ("smart", "a model decides first; you are asked when it is unsure"),
    ("off", "nobody is asked: every command runs"),
];

/// The key by which Hermes says what is set, for a topic of fixed words.
pub(super) fn key(topic: Topic) -> Option<&'static str> {
    match topic {
        Topic::Effort => Some("reasoning"),
        Topic::Fast => Some("fast"),
        Topic::Approvals => Some("approvals.mode"),
        Topic::Models | Topic::Personality | Topic::Toolsets | Topic::Skills => None,
    }
}

/// The key by which a setting is set.
pub(super) fn key_of(setting: &Setting) -> &'static str {
    match setting {
        Setting::Model { .. } => "model",
        Setting::Personality(_) => "personality",
        other => other.topic().and_then(key).unwrap_or_default(),
    }
}

/// A setting's value as Hermes reads it. A model is meant for its session, or, where none is named, for the profile: left out,
/// Hermes would decide by its config.
pub(super) fn value(setting: &Setting, of_session: bool) -> String {
    match setting {
        Setting::Model { model, provider, .. } => {
            let scope = if of_session { "--session" } else { "--global" };
            if provider.is_empty() {
                return format!("{model} {scope}");
            }
            format!("{model} --provider {provider} {scope}")
        }
        Setting::Effort(word) | Setting::Personality(word) | Setting::Directory(word) => word.clone(),
        Setting::Fast(on) => if *on { "on" } else { "off" }.to_owned(),
        Setting::Approvals(mode) => mode.word().to_owned(),
        Setting::Toolset { name, .. } | Setting::Skill { name, .. } => name.clone(),
    }
}

/// Reads what a backend offers for `topic`. `None`: it is not what it should be.
pub(super) fn choices(topic: Topic, raw: &RawValue, odd: &Oddities) -> Option<Vec<Choice>> {
    let words = match topic {
        Topic::Models => return models(&Fields::read(raw.get(), "model.options", OPTIONS, odd)?),
        Topic::Personality => {
            return personalities(&Fields::read(
                raw.get(),
                "complete.slash",
                &["items", "replace_from"],
                odd,
            )?);
        }
        Topic::Toolsets | Topic::Skills => return switches(raw, odd),
        Topic::Effort => EFFORTS,
        Topic::Fast => TIERS,
        Topic::Approvals => APPROVALS,
    };
    let set = Fields::read(raw.get(), "config.get", &["value", "display"], odd)?.str("value")?.into_owned();
    let mut list: Vec<Choice> = words
        .iter()
        .map(|(word, about)| Choice {
            value: (*word).into(),
            about: (*about).into(),
            on: *word == set,
            ..Choice::default()
        })
        .collect();
    // A word that this hermux does not know is still what is set.
    if !set.is_empty() && !list.iter().any(|choice| choice.on) {
        list.push(Choice { value: set.into(), on: true, ..Choice::default() });
    }
    Some(list)
}

/// What came of a wish: a warning that wants to be seen first means that nothing was set.
pub(super) fn configured(fields: &Fields<'_>) -> Reply {
    if fields.flag("confirm_required") == Some(true) {
        let warning = fields.word("confirm_message").or_else(|| fields.word("warning"));
        return Reply::Unconfirmed(warning.unwrap_or_else(|| "this may cost much".into()));
    }
    match fields.word("warning") {
        None => Reply::Done,
        warning => Reply::Output { text: Untrusted::default(), warning },
    }
}

const OPTIONS: &[&str] = &["providers", "model", "provider"];

fn models(fields: &Fields<'_>) -> Option<Vec<Choice>> {
    let current = fields.str("model").unwrap_or_default();
    let names = &[
        "slug",
        "name",
        "models",
        "is_current",
        "warning",
        // Known, and not needed.
        "total_models",
        "is_user_defined",
        "authenticated",
        "auth_type",
        "key_env",
        "source",
        "api_url",
        "capabilities",
        "pricing",
        "unavailable_models",
        "free_tier",
    ];
    let mut list = Vec::new();
    let (providers, _) = fields.tail("providers", MAX_PROVIDERS)?;
    for raw in providers {
        let Some(provider) = Fields::read(raw.get(), "model.options.provider", names, fields.odd()) else {
            continue;
        };
        let Some(slug) = provider.word("slug") else { continue };
        let group_name = provider.word("name").unwrap_or_else(|| slug.clone());
        let is_current = provider.flag("is_current") == Some(true);
        for model in provider.texts("models", MAX_CHOICES).unwrap_or_default() {
            list.push(Choice {
                on: is_current && model.raw() == current,
                value: model,
                // Hermes refuses the name of an endpoint of one's own, which is "custom" here and no provider there.
                group: if is_current { Untrusted::default() } else { slug.clone() },
                group_name: group_name.clone(),
                about: provider.text_or_empty("warning"),
            });
        }
    }
    list.truncate(MAX_CHOICES);
    Some(list)
}

/// The completions of Hermes' own command, which are the names.
fn personalities(fields: &Fields<'_>) -> Option<Vec<Choice>> {
    let (items, _) = fields.tail("items", MAX_CHOICES)?;
    let names = &["text", "display", "meta"];
    let read = items.into_iter().filter_map(|raw| {
        let item = Fields::read(raw.get(), "complete.slash.item", names, fields.odd())?;
        Some(Choice { value: item.word("text")?, about: item.text_or_empty("meta"), ..Choice::default() })
    });
    Some(read.collect())
}

/// A plain list of what can be on or off.
fn switches(raw: &RawValue, odd: &Oddities) -> Option<Vec<Choice>> {
    let names = &[
        "name",
        "label",
        "description",
        "category",
        "enabled",
        // Known, and not needed.
        "platform",
        "platform_label",
        "available",
        "configured",
        "tools",
        "usage",
        "provenance",
        "version",
        "tags",
        "path",
    ];
    let rows: Vec<&RawValue> = serde_json::from_str(raw.get()).ok()?;
    let read = rows.into_iter().take(MAX_CHOICES).filter_map(|raw| {
        let row = Fields::read(raw.get(), "switch", names, odd)?;
        let label = row.word("label");
        let about = row.text_or_empty("description");
        Some(Choice {
            value: row.word("name")?,
            group: row.text_or_empty("category"),
            group_name: Untrusted::default(),
            about: label.map_or(about.clone(), |label| {
                if about.is_empty() { label } else { format!("{}: {}", label.raw(), about.raw()).into() }
            }),
            on: row.flag("enabled") == Some(true),
        })
    });
    Some(read.collect())
}

#[cfg(test)]
#[path = "settings_tests.rs"]
mod tests;
