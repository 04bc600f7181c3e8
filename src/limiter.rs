//! (the module's first commit replaces this line)
