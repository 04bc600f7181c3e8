//! `quell plan`: what an edited playbook set would have done with the events of the past, against the set in force.
//! Nothing is called, and nothing is changed.

mod facts;
mod file;
