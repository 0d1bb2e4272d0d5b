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
    "kube-state-metrics" => "registry.k8s.io/kube-state-metrics/kube-state-metrics",
    "kubelet-cadvisor" => "kubelet-cadvisor",
    "kubelet-metrics" => "kubelet-metrics",
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
const START: &str = "\n  metric ";

/// The line that ends a table.
const END: &[u8] = b"\n}";

/// The source of a table.
#[must_use]
pub fn source(name: &str) -> Option<&'static str> {
    EXPORTS.iter().find(|(known, ..)| *known == name).map(|(.., source)| *source)
}

/// A table without the metrics that nobody wants. Families, whose names end with `*`, stay.
pub fn excerpt(source: &str, wanted: impl Fn(&str) -> bool) -> String {
    let mut out = String::new();
    // The end of what was looked at, and whether that is taken along.
    let (mut from, mut kept) = (0, true);
    for (start, name) in declared(source) {
        if kept {
            out.push_str(&source[from..start]);
        }
        from = start;
        kept = name.ends_with('*') || wanted(name);
    }
    // The end of the table is no part of its last metric.
    let rest = &source[from..];
    let end = if kept { Some(0) } else { memchr::memmem::find(rest.as_bytes(), END) };
    out.push_str(end.map_or("", |end| &rest[end..]));
    out
}

/// The names of a table, in its order.
pub fn names(source: &str) -> impl Iterator<Item = &str> {
    declared(source).map(|(_, name)| name)
}

/// The metrics of a table, each with the end of the line before it.
fn declared(source: &str) -> impl Iterator<Item = (usize, &str)> {
    memchr::memmem::find_iter(source.as_bytes(), START).filter_map(|start| {
        let rest = source.get(start + START.len()..)?.trim_start_matches([' ', '"']);
        let length = rest.bytes().position(|byte| matches!(byte, b' ' | b'"' | b'\n'))?;
        Some((start, &rest[..length]))
    })
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
