//! (the module's first commit replaces this line)

pub mod playbook_files;
