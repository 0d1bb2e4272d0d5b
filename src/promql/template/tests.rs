//! What is taken and refused. promtool is asked the same in `tests/promtool.rs`.

use super::read;

fn shown(text: &str) -> Vec<String> {
    read(text)
        .expect(text)
        .into_iter()
        .map(|(label, place)| {
            assert_eq!(text[place].to_owned(), label);
            label
        })
        .collect()
}

#[test]
fn labels_are_found() {
    assert_eq!(shown("{{ $labels.job }} of {{ .Labels.x | toUpper }}"), ["job", "x"]);
    assert_eq!(shown("{{ index $labels \"job\" }} {{ (index .Labels `x`) }}"), ["job", "x"]);
    assert_eq!(shown("{{ $.Labels.job }}{{ index $.Labels \"x\" }}"), ["job", "x"]);
    assert_eq!(
        shown("{{ with query \"up\" }}{{ range . }}{{ .Labels.a }}{{ $labels.b }}{{ end }}{{ end }}"),
        ["b"]
    );
    assert_eq!(shown("{{ if eq $labels.a \"x\" }}{{ else if $labels.b }}{{ end }}"), ["a", "b"]);
    assert_eq!(shown("no action, } and }}"), Vec::<String>::new());
}

#[test]
fn hostile_texts_end() {
    assert!(read(&"{{ if 1 }}".repeat(3_000)).is_err());
    assert!(read(&format!("{{{{ {}1{} }}}}", "(".repeat(10_000), ")".repeat(10_000))).is_err());
    assert!(read(&"x".repeat(40_000)).is_err());
    for text in [
        "{{",
        "{{-",
        "{{ - }}",
        "{{\"é",
        "{{'",
        "{{'\\",
        "{{`",
        "{{/*",
        "{{/**/",
        "{{$",
        "{{.",
        "{{é}}",
        "{{ é.",
        "{{ \u{a0} }}",
    ] {
        assert!(read(text).is_err(), "{text}");
    }
}
