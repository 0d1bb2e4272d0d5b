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

/// Before each metric: the formatter indents it by one level.
const START: &str = "\n  metric ";

/// The source of a table.
#[must_use]
pub fn source(name: &str) -> Option<&'static str> {
    EXPORTS.iter().find(|(known, ..)| *known == name).map(|(.., source)| *source)
}

/// What stands before a table's first metric, closed.
#[must_use]
pub fn header(source: &str) -> String {
    let end = source.find(START).unwrap_or(source.len());
    format!("{}\n}}\n", source[..end].trim_end().trim_end_matches('}'))
}

/// The lines that declare a metric.
#[must_use]
pub fn declaration<'a>(source: &'a str, metric: &str) -> Option<&'a str> {
    let start = source.find(&format!("{START}{metric} "))?;
    Some(block(&source[start..]))
}

/// The lines of each family: names that end with `*` are quoted.
pub fn families(source: &str) -> impl Iterator<Item = &str> {
    source.match_indices("\n  metric \"").map(|(start, _)| block(&source[start..]))
}

/// The names of a table, in its order.
pub fn names(source: &str) -> impl Iterator<Item = &str> {
    source.split(START).skip(1).filter_map(|rest| rest.split([' ', '"']).find(|word| !word.is_empty()))
}

/// The block that text starts with: one line, or all to the brace that closes it.
fn block(text: &str) -> &str {
    let text = text.trim_start_matches('\n');
    let line = text.find('\n').unwrap_or(text.len());
    if text[..line].ends_with('}') {
        return &text[..line];
    }
    text.find("\n  }").map_or(text, |end| &text[..end + "\n  }".len()])
}

#[cfg(test)]
mod tests {
    use super::{EXPORTS, declaration, header, names};

    #[test]
    fn tables_are_named_as_listed_and_every_metric_is_found() {
        for (name, file, source) in EXPORTS {
            assert!(header(source).contains(&format!("exports \"{name}\" {{")), "{file}");
            for metric in names(source).filter(|metric| !metric.ends_with('*')) {
                let found = declaration(source, metric).unwrap_or_default();
                assert!(found.contains(metric) && found.ends_with('}'), "{file}: {metric}");
            }
        }
    }

    #[test]
    fn a_block_may_take_several_lines() {
        let source = "exports \"x\" {\n  paths = [\"/m\"]\n\n  metric a { type = gauge }\n  metric a_b {\n    type = gauge\n  }\n}\n";
        assert_eq!(declaration(source, "a"), Some("  metric a { type = gauge }"));
        assert_eq!(declaration(source, "a_b"), Some("  metric a_b {\n    type = gauge\n  }"));
        assert_eq!(declaration(source, "b"), None);
        assert_eq!(header(source), "exports \"x\" {\n  paths = [\"/m\"]\n}\n");
    }
}
