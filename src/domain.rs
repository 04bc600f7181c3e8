//! The words and the rules of Quell, as types and pure functions. Nothing here reads a clock, a file or a socket:
//! `now` is always a parameter.
//!
//! Reading order: [`tenant`], [`measure`], [`device`], [`fact`], [`alert`], [`verdict`], [`notify`], [`telling`], [`canary`], [`guard`], [`eligibility`], [`limit`],
//! [`decision`], [`by_hand`], [`recorded`], [`containment`], [`approval`], [`action`], [`kind`], [`answer`], [`outcome`], [`converge`], [`person`],
//! [`seal`], [`stop`], [`stray`], [`budget`], [`clock_watch`], [`demand`].

pub mod access_token;
pub mod action;
pub mod alert;
pub mod alert_info;
pub mod answer;
pub mod approval;
pub mod budget;
pub mod by_hand;
pub mod canary;
pub mod clock_watch;
pub mod containment;
pub mod converge;
pub mod decision;
pub mod demand;
pub mod device;
pub mod drift;
pub mod eligibility;
pub mod fact;
pub mod guard;
pub mod identity;
pub mod incoming;
pub mod kind;
pub mod limit;
pub mod lookup;
pub mod measure;
pub mod notify;
pub mod outcome;
pub mod person;
pub mod probe;
pub mod recorded;
pub mod seal;
pub mod source;
pub mod spelling;
pub mod stop;
pub mod stray;
pub mod surge;
pub mod task;
pub mod telling;
pub mod tenant;
pub mod trace;
pub mod trust;
pub mod verdict;
pub mod watermark;
