//! The words and the rules of Quell, as types and pure functions. Nothing here reads a clock, a file or a socket:
//! `now` is always a parameter.
//!
//! Reading order: [`tenant`], [`device`], [`fact`], [`alert`], [`verdict`], [`notify`], [`canary`], [`guard`], [`limit`],
//! [`decision`], [`recorded`], [`containment`], [`action`], [`answer`], [`outcome`], [`converge`], [`stray`], [`budget`], [`clock_watch`], [`demand`].

pub mod action;
pub mod alert;
pub mod answer;
pub mod budget;
pub mod canary;
pub mod clock_watch;
pub mod containment;
pub mod converge;
pub mod decision;
pub mod demand;
pub mod device;
pub mod fact;
pub mod guard;
pub mod limit;
pub mod notify;
pub mod outcome;
pub mod recorded;
pub mod spelling;
pub mod stray;
pub mod surge;
pub mod tenant;
pub mod trust;
pub mod verdict;
