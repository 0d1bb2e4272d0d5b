//! Paths as nginx compares them (nginx/nginx:src/http/ngx_http_parse.c, `ngx_http_parse_complex_uri`): decoded once,
//! with `//` as one slash, and `.` and `..` followed.

/// Where the reader of a path is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Usual,
    Slash,
    Dot,
    DotDot,
}

/// The path of a request target, normalised; `None` where nginx answers 400: it does not start with `/`, leads above the
/// root, or holds a control character or a `%` that encodes nothing.
pub(super) fn normalised(target: &str) -> Option<Vec<u8>> {
    let raw = target.as_bytes();
    if raw.first() != Some(&b'/') || raw.iter().any(|byte| *byte <= b' ' || *byte == 0x7f) {
        return None;
    }
    let mut out: Vec<u8> = Vec::with_capacity(raw.len());
    let mut state = State::Usual;
    let mut rest = raw.iter();
    while let Some(&byte) = rest.next() {
        let byte = match byte {
            b'?' | b'#' => break,
            b'%' => {
                let decoded = hex(*rest.next()?)? << 4 | hex(*rest.next()?)?;
                match decoded {
                    0 => return None,
                    // These three are text once they are decoded, wherever they stand.
                    b'%' | b'#' | b'?' => {
                        state = State::Usual;
                        out.push(decoded);
                        continue;
                    }
                    decoded => decoded,
                }
            }
            byte => byte,
        };
        state = match (state, byte) {
            (State::Usual, b'/') => {
                out.push(byte);
                State::Slash
            }
            (State::Slash, b'/') => State::Slash,
            (State::Dot, b'/') => {
                out.pop();
                State::Slash
            }
            (State::DotDot, b'/') => {
                ascend(&mut out)?;
                State::Slash
            }
            (before, byte) => {
                out.push(byte);
                match (before, byte) {
                    (State::Slash, b'.') => State::Dot,
                    (State::Dot, b'.') => State::DotDot,
                    _ => State::Usual,
                }
            }
        };
    }
    match state {
        State::Dot => {
            out.pop();
        }
        State::DotDot => ascend(&mut out)?,
        State::Usual | State::Slash => {}
    }
    Some(out)
}

/// Takes `NAME/..` off the end, so that the slash before it is the last byte.
fn ascend(out: &mut Vec<u8>) -> Option<()> {
    let parent = out.len().checked_sub(3).filter(|slash| *slash > 0)?;
    let slash = out.get(..parent)?.iter().rposition(|byte| *byte == b'/')?;
    out.truncate(slash + 1);
    Some(())
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::normalised;

    #[test]
    fn paths_are_as_nginx_compares_them() {
        for (target, path) in [
            ("/", Some("/")),
            ("/a//b///c", Some("/a/b/c")),
            ("/a/./b/.", Some("/a/b/")),
            ("/a/x/../b", Some("/a/b")),
            ("/a/x/..", Some("/a/")),
            ("/a/x/%2e%2E/b", Some("/a/b")),
            ("/a/..%2fb", Some("/b")),
            ("/a/...", Some("/a/...")),
            ("/a/.b/..c", Some("/a/.b/..c")),
            ("/api/%6d%65trics?x=/../..", Some("/api/metrics")),
            ("/api%2fmetrics#x", Some("/api/metrics")),
            ("/a%253F%3f%23", Some("/a%3F?#")),
            ("/a/.%3f", Some("/a/.?")),
            ("/..", None),
            ("/a/../..", None),
            ("/a%00", None),
            ("/a%4", None),
            ("/a%zz", None),
            ("/a b", None),
            ("a", None),
            ("", None),
        ] {
            let got = normalised(target);
            assert_eq!(got.as_deref(), path.map(str::as_bytes), "{target}");
        }
    }
}
