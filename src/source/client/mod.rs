//! Programs as a source: a client connects, and a viewer shows and records what it sends. docs/protocol.md is the rule.

pub mod socket;
