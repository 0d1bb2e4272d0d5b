//! What well-known programs export. The files hold thousands of lines, of which a platform's queries ask for
//! a few: a metric is found in the text, and only its lines are parsed.

macro_rules! embedded {
    ($($file:literal => $name:literal),+ $(,)?) => {
        /// The tables, by the image's repository or the library's name, each with its file and its source.
        pub const EXPORTS: &[(&str, &str, &str)] =
            &[$(($name, $file, include_str!(concat!("metrics/", $file, ".infra")))),+];
    };
}

embedded! {
    "alertmanager" => "prom/alertmanager",
    "blackbox-exporter" => "quay.io/prometheus/blackbox-exporter",
    "cadvisor" => "ghcr.io/google/cadvisor",
    "elasticsearch-exporter" => "quay.io/prometheuscommunity/elasticsearch-exporter",
    "fluent-bit" => "fluent/fluent-bit",
    "grafana" => "grafana/grafana",
    "minio" => "quay.io/minio/minio",
    "mongodb-exporter" => "percona/mongodb_exporter",
    "nginx-exporter" => "nginx/nginx-prometheus-exporter",
    "node-exporter" => "quay.io/prometheus/node-exporter",
    "postgres-exporter" => "quay.io/prometheuscommunity/postgres-exporter",
    "prometheus" => "prom/prometheus",
    "redis-exporter" => "oliver006/redis_exporter",
    "runtime-client_golang" => "client_golang",
    "runtime-prom-client" => "prom-client",
    "scrape" => "scrape",
}

/// What a metric's line starts with: the formatter indents it by one level.
const START: &str = "  metric ";

/// The source of a table.
#[must_use]
pub fn source(name: &str) -> Option<&'static str> {
    EXPORTS.iter().find(|(known, ..)| *known == name).map(|(.., source)| *source)
}

/// A table without the metrics that nobody wants. Families, whose names end with `*`, stay.
pub fn excerpt(source: &str, wanted: impl Fn(&str) -> bool) -> String {
    let mut out = String::new();
    let mut kept = true;
    for line in lines(source) {
        if let Some(name) = name(line) {
            kept = name.ends_with('*') || wanted(name);
        } else if line == "}" {
            kept = true;
        }
        if kept {
            out.extend([line, "\n"]);
        }
    }
    out
}

/// The names of a table, in its order.
pub fn names(source: &str) -> impl Iterator<Item = &str> {
    lines(source).filter_map(name)
}

/// The lines of a table, of which there are thousands.
fn lines(source: &str) -> impl Iterator<Item = &str> {
    let last = (!source.ends_with('\n')).then_some(source.len());
    let ends = memchr::memchr_iter(b'\n', source.as_bytes()).chain(last);
    let mut start = 0;
    ends.filter_map(move |end| source.get(std::mem::replace(&mut start, end + 1)..end))
}

/// The name of the metric that a line starts to declare.
fn name(line: &str) -> Option<&str> {
    let named = line.strip_prefix(START)?.trim_start_matches([' ', '"']);
    let end = named.bytes().position(|byte| matches!(byte, b' ' | b'"')).unwrap_or(named.len());
    named.get(..end).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{EXPORTS, excerpt, names};

    #[test]
    fn tables_are_named_as_listed_and_every_metric_is_found() {
        for (name, file, source) in EXPORTS {
            assert!(source.contains(&format!("exports \"{name}\" {{")), "{file}");
            assert_eq!(names(source).count(), source.matches("\n  metric ").count(), "{file}");
            assert_eq!(excerpt(source, |_| true), *source, "{file}");
        }
    }

    #[test]
    fn a_block_may_take_several_lines() {
        let start = "exports \"x\" {\n  paths = [\"/m\"]\n\n";
        let one = "  metric a { type = gauge }\n";
        let lines = "  metric a_b {\n    type = gauge\n  }\n";
        let family = "  metric \"a_c_*\" { type = gauge }\n";
        let source = format!("{start}{one}{lines}{family}}}\n");
        assert_eq!(excerpt(&source, |name| name == "a"), format!("{start}{one}{family}}}\n"));
        assert_eq!(excerpt(&source, |name| name == "a_b"), format!("{start}{lines}{family}}}\n"));
        assert_eq!(excerpt(&source, |_| false), format!("{start}{family}}}\n"));
        assert_eq!(names(&source).collect::<Vec<_>>(), ["a", "a_b", "a_c_*"]);
    }
}
