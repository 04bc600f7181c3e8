//! Tests of what a release says.
