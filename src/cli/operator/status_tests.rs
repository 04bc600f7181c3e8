//! Tests of the status as text.
