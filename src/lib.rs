//! On-call rotations as TOML files, expanded into calendars and walked as ladders.

pub mod time;

pub mod org;

pub mod config;

pub mod calendar;

pub mod escalation;

pub mod alerts;

pub mod history;

pub mod store;

pub mod people;

pub mod check;

pub mod edit;

pub mod split;

pub mod import;

pub mod pagerduty;

pub mod export;

pub mod rehearsal;

pub mod web;

pub mod cli;

mod schemas;
