//! An account to begin with: the users and services of an organisation.

use crate::rehearsal::account::{
    Account, ContactMethod, Integration, Orchestration, Policy, Rule, Service, Target, User,
};
use crate::time::{Instant, Zone};

/// What an account begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seed {
    /// The account's.
    pub zone: Zone,
    /// In the order of their creation; the first owns the account, and everything pages them until somebody applies more.
    pub users: Vec<NewUser>,
    /// The names of services.
    pub services: Vec<String>,
    /// The name of an orchestration with an empty router.
    pub orchestration: Option<String>,
}

/// Somebody who is there from the beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUser {
    /// As people say it.
    pub name: String,
    /// By which they are found.
    pub email: String,
    /// To be called at, if they can be.
    pub phone: Option<String>,
    /// Where they live.
    pub zone: Zone,
}

impl Account {
    /// An account that holds a seed, and one policy by which the owner is paged for everything.
    pub fn seeded(seed: Seed, now: Instant) -> Account {
        let mut account = Account::empty(seed.zone);
        for (index, user) in seed.users.into_iter().enumerate() {
            let contact = |account: &mut Account, kind: &str, label: &str, address: String| ContactMethod {
                id: account.new_id("contact_method"),
                kind: kind.to_owned(),
                label: label.to_owned(),
                address,
                country_code: None,
            };
            let mut contact_methods =
                vec![contact(&mut account, "email_contact_method", "Default", user.email.clone())];
            if let Some(phone) = user.phone {
                contact_methods.push(contact(&mut account, "phone_contact_method", "Mobile", phone));
            }
            let id = account.new_id("user");
            account.users.push(User {
                id,
                name: user.name,
                email: user.email,
                zone: user.zone,
                role: if index == 0 { "owner" } else { "user" }.to_owned(),
                job_title: None,
                description: None,
                contact_methods,
                gone: false,
            });
        }
        let Some(owner) = account.users.first().map(|it| it.id.clone()) else { return account };
        let rule = Rule {
            id: account.new_id("escalation_rule"),
            delay_minutes: 30,
            targets: vec![Target::User(owner)],
            round_robin: false,
        };
        let policy = Policy {
            id: account.new_id("escalation_policy"),
            name: "Default".to_owned(),
            description: None,
            num_loops: 0,
            handoff_notifications: "if_has_services".to_owned(),
            rules: vec![rule],
            team: None,
        };
        for name in seed.services {
            let integration = Integration {
                id: account.new_id("integration"),
                label: "Events API V2".to_owned(),
                key: account.new_id("key"),
            };
            let service = Service {
                id: account.new_id("service"),
                name,
                policy: policy.id.clone(),
                created: now,
                settings: serde_json::Map::new(),
                integrations: vec![integration],
            };
            account.services.push(service);
        }
        account.policies.push(policy);
        if let Some(name) = seed.orchestration {
            let id = account.new_id("orchestration");
            let integration = Integration {
                id: account.new_id("orchestration"),
                label: format!("{name} Default Integration"),
                key: account.new_id("key"),
            };
            account.orchestrations.push(Orchestration {
                id,
                name,
                description: None,
                team: None,
                created: now,
                updated: now,
                changes: 1,
                integrations: vec![integration],
                paths: std::collections::BTreeMap::new(),
            });
        }
        account
    }
}
