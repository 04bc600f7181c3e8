//! What the codes of files as YAML mean: `E300` to `E309` and `E34x`.

use super::Explanation;
use super::example::Example::{Files, Latin1, Playbook, Repeated};
use crate::yaml::Code;

pub(super) const EXPLANATIONS: &[Explanation] = &[
    Explanation {
        code: Code::SYNTAX,
        text: "The text cannot be read as YAML. The usual causes: a quote or bracket that is never closed, a tab where blanks \
               indent, a `: ` inside a text without quotes, or a line indented differently from its neighbours. The place \
               shown is where reading came to its end; the cause often stands a line or more above.",
        wrong: Playbook("when:\n  alert.title: \"Ransomware\n"),
        right: Playbook("when:\n  alert.title: \"Ransomware\"\n"),
    },
    Explanation {
        code: Code::TOO_LARGE,
        text: "A file may have 256 KiB and 100,000 values. A playbook that comes near is a list of devices or indicators that \
               belongs elsewhere: tag the devices in Defender and test `device.tags`.",
        wrong: Repeated(
            "# 0123456789abcdef0123456789abcdef01234567 is a device of finance\n",
            4_000,
        ),
        right: Playbook("unless:\n  device.tags: {any_of: [finance]}\n"),
    },
    Explanation {
        code: Code::EMPTY,
        text: "The file holds nothing, or nothing but comments. Remove it, or write it; a playbook that shall rest has \
               `mode: off`.",
        wrong: Files(&[("example.yaml", "# to be written\n")]),
        right: Playbook("mode: off\n"),
    },
    Explanation {
        code: Code::DUPLICATE_KEY,
        text: "The same key stands twice in one map. Many programs let the last one win without a word; here one of the two \
               would silently not protect, so the file is refused. Put both values under one key.",
        wrong: Playbook("unless:\n  device.tags: tier-0\n  device.tags: finance\n"),
        right: Playbook("unless:\n  device.tags: {any_of: [tier-0, finance]}\n"),
    },
    Explanation {
        code: Code::NESTING,
        text: "Values may nest 32 levels deep. No file of quell needs more than a handful, so this is a slip or an attack on \
               the reader.",
        wrong: Playbook(
            "when:\n  alert.title: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[Ransomware]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]\n",
        ),
        right: Playbook("when:\n  alert.title: [Ransomware]\n"),
    },
    Explanation {
        code: Code::ALIAS,
        text: "A file may name 200 values, and its aliases (`*name`) may repeat at most 1,000; they may not stand inside what they name, and merge \
               keys (`<<`) are not read at all. Aliases of aliases make a few lines into millions of values, and a merged \
               key is not seen where it is read; write the values out.",
        wrong: Playbook("when: &ransomware\n  alert.category: ransomware\nunless:\n  <<: *ransomware\n"),
        right: Playbook("when:\n  alert.category: ransomware\nunless:\n  device.tags: tier-0\n"),
    },
    Explanation {
        code: Code::TAG,
        text: "`!name` and `!!name` tell a YAML reader to make something else of a value. Nothing here needs that; take the \
               tag away, and put what must be text in quotes. A text that begins with `!` needs quotes too.",
        wrong: Playbook("title: !important Ransomware\n"),
        right: Playbook("title: \"!important Ransomware\"\n"),
    },
    Explanation {
        code: Code::KEY,
        text: "A key is text. YAML reads `404`, `true`, `null`, `~` or a list as something else; in quotes they are text. A \
               key is empty when a line begins with a colon.",
        wrong: Playbook("when:\n  404: ransomware\n"),
        right: Playbook("when:\n  alert.category: ransomware\n"),
    },
    Explanation {
        code: Code::SEVERAL_DOCUMENTS,
        text: "A line `---` begins another document. One file holds one playbook, under its own name; what stands after the \
               line would not be read.",
        wrong: Files(&[(
            "example.yaml",
            "id: example\ntitle: An example\n---\nid: other\ntitle: Another\n",
        )]),
        right: Playbook("id: example\n"),
    },
    Explanation {
        code: Code::DISAGREEMENT,
        text: "Two readers of the same text see different values here: one says what the file means, the other where each \
               value stands. The file is refused, because it cannot be told which of them you meant. It happens with \
               characters that one version of YAML takes for a line break and another does not, and with rare forms of \
               block texts; write the text in double quotes, on one line.",
        wrong: Playbook("title: \"one\u{2028}  two\"\n"),
        right: Playbook("title: \"one two\"\n"),
    },
    Explanation {
        code: Code::NOT_UTF8,
        text: "Files are text in UTF-8. This one was saved in another encoding, most often Windows-1252 or ISO 8859-1 with an \
               umlaut or accent in it, or UTF-16; an editor's \"save with encoding\" mends it.",
        wrong: Latin1("title: Café terminals\n"),
        right: Playbook("title: Café terminals\n"),
    },
    Explanation {
        code: Code::HIDDEN,
        text: "Some characters take no room, and some make what follows run from right to left. With them a file can show a \
               reviewer one thing and mean another, in comments too, and a tag that looks like `tier-0` need not be \
               `tier-0`. So they are refused wherever they stand; where one is really meant, write it in double quotes with \
               its number. They come along when text is copied from web pages and chats. The joiners U+200C and U+200D and the \
               variation selectors are part of how some languages and emoji are written: titles and comments may hold them, and a \
               word that a fact is compared with may not, nor a tab or a blank that is not the usual one. A carriage return \
               without a line feed is refused too: YAML ends a line and a comment there, and most who show the file do not.",
        wrong: Playbook("unless:\n  device.tags: tier-\u{200b}0\n"),
        right: Playbook("unless:\n  device.tags: tier-0\n"),
    },
];
