//! Sources that mean harm, or that nobody thought of: every limit is told clearly, and nothing hangs, overflows or
//! fills the memory. How work grows with a source is seen by `growth`; what fuzzing found stands here.

use std::error::Error;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};

use infrac::diagnostic::{Diagnostic, Guard, MOST, Style, render};
use infrac::source::{Found, LoadError, Loader};
use infrac::{Compilation, compile};

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// Compiles a source; whatever it imports is made by `load`.
fn compiled(
    source: &str,
    load: &(dyn Fn(&str) -> std::result::Result<Found, LoadError> + Sync),
) -> Compilation {
    let load = |path: &str| match path {
        "platform.infra" => Ok(Found::File(source.as_bytes().to_vec())),
        path => load(path),
    };
    compile(&Loader { load: &load }, "platform.infra", None, infrac::platform::Runtime::Compose)
}

fn alone(source: &str) -> Compilation {
    compiled(source, &|_| Err(LoadError::Missing))
}

/// The message of a code, drawn; an error where there is none.
fn message(compilation: &Compilation, code: &str) -> Result<String> {
    let mut of_code = compilation.diagnostics.iter().filter(|diagnostic| diagnostic.code.id == code);
    match (of_code.next(), of_code.next()) {
        (Some(found), None) => Ok(plain(found, compilation)),
        (Some(_), Some(_)) => Err(format!("{code} is told more than once").into()),
        (None, _) => {
            let said: Vec<&str> = compilation.diagnostics.iter().map(|said| said.message.as_str()).collect();
            Err(format!("no {code}: {said:?}").into())
        }
    }
}

/// A message, drawn by itself.
fn plain(found: &Diagnostic, compilation: &Compilation) -> String {
    let guard = Guard::new(std::slice::from_ref(found), &compilation.sources);
    render(found, &guard, Style::Plain).to_string()
}

/// Each with something that is drawn, which could fail by itself.
fn drawn(compilation: &Compilation) -> String {
    compilation.diagnostics.iter().map(|found| plain(found, compilation)).collect()
}

#[test]
fn imports_lead_so_deep() -> Result {
    let next = |path: &str| -> std::result::Result<Found, LoadError> {
        let number: usize = path.trim_end_matches(".infra").parse().map_err(|_| LoadError::Missing)?;
        Ok(Found::File(format!("import \"{}.infra\"\n", number + 1).into_bytes()))
    };
    let said = message(&compiled("platform p\nimport \"0.infra\"\n", &next), "IMP001")?;
    assert!(said.contains("imports lead more than 64 files deep"), "{said}");
    Ok(())
}

#[test]
fn so_many_files_are_imported() -> Result {
    let folder = |path: &str| match path {
        "all" => Ok(Found::Folder((0..10_050).map(|at| format!("{at}.infra")).collect())),
        _ => Ok(Found::File(Vec::new())),
    };
    let compilation = compiled("platform p\nimport \"all\"\n", &folder);
    let said = message(&compilation, "IMP001")?;
    assert!(said.contains("more than 10000 files are imported"), "{said}");
    Ok(())
}

#[test]
fn sources_come_to_so_many_bytes() {
    // No text, so that nothing has to be parsed.
    let file = vec![0xff; 32 * 1024 * 1024];
    let folder = |path: &str| match path {
        "all" => Ok(Found::Folder((0..12).map(|at| format!("{at}.infra")).collect())),
        _ => Ok(Found::File(file.clone())),
    };
    let compilation = compiled("platform p\nimport \"all\"\n", &folder);
    let said = drawn(&compilation);
    assert_eq!(said.matches("the sources are larger than 256 MiB in all").count(), 1, "{said}");
}

#[test]
fn a_platform_comes_to_so_many_instances() -> Result {
    let mut source = "platform p\ncomponent c0 { image = \"p/c:1.0\" }\n".to_owned();
    for at in 1..18 {
        let below = at - 1;
        writeln!(source, "component c{at} {{ c{below} a {{}}\nc{below} b {{}} }}")?;
    }
    let said = message(&alone(&format!("{source}c17 top {{}}\n")), "CMP002")?;
    assert!(said.contains("more than 50000 instances"), "{said}");
    Ok(())
}

/// Many entries are expanded in parts, and the limits are those of the whole.
#[test]
fn limits_are_those_of_all_parts() -> Result {
    let many = |count: usize, line: &dyn Fn(usize) -> String| (0..count).map(line).collect::<String>();
    // A page comes to 8⁴ variables; a thousand of them are just above what a platform may come to.
    let each = "each word { each word { each word { each word { PAGE = word.name } } } }";
    let words = many(8, &|at| format!("word w{at} {{}}\n"));
    let component = format!("component page {{ image = \"p/p:1.0\"\nchild word {{}}\nenv {{ {each} }} }}\n");
    let pages = many(1_000, &|at| format!("page p{at} {{ {words} }}\n"));
    let said = drawn(&alone(&format!("platform p\n{component}{pages}")));
    assert_eq!(said.matches("the platform becomes too large").count(), 1, "{said}");

    let instances = many(1_000, &|at| format!("outer o{at} {{}}\n"));
    let inner = many(60, &|at| format!("inner i{at} {{}}\n"));
    let components = format!("component inner {{ image = \"p/i:1.0\" }}\ncomponent outer {{ {inner} }}\n");
    let said = message(&alone(&format!("platform p\n{components}{instances}")), "PLT003")?;
    assert!(said.contains("more than 50000 instances"), "{said}");
    Ok(())
}

/// A file is read once, whoever puts it in, and what all copies of files come to has a limit.
#[test]
fn files_that_are_put_in_have_a_limit() -> Result {
    let read = AtomicUsize::new(0);
    let load = |_: &str| {
        read.fetch_add(1, Ordering::Relaxed);
        Ok(Found::File(vec![b'x'; 1 << 20]))
    };
    let source = |services: usize| {
        let service =
            |at| format!("service s{at} {{ image = \"p/s:1.0\", config \"/x\" {{ from = \"x.txt\" }} }}\n");
        format!("platform p\n{}", (0..services).map(service).collect::<String>())
    };
    let few = drawn(&compiled(&source(50), &load));
    assert!(!few.contains("PLT003"), "{few}");
    assert_eq!(read.load(Ordering::Relaxed), 1);
    message(&compiled(&source(600), &load), "PLT003")?;

    // Too many instances are noticed before all of them have put in their file.
    let component = "component c { service c { image = \"p/c:1.0\", config \"/x\" { from = \"x.txt\" } } }\n";
    let instance = |at| format!("c x{at} {{}}\n");
    let instances: String = (0..50_100).map(instance).collect();
    message(&compiled(&format!("platform p\n{component}{instances}"), &load), "PLT003")?;
    Ok(())
}

/// A text that holds another one several times, which holds another one several times.
#[test]
fn texts_do_not_multiply_without_end() -> Result {
    let mut outputs = "output o0 { text = \"0123456789012345\" }\n".to_owned();
    for at in 1..20 {
        let below = format!("${{api.o{}.text}}", at - 1).repeat(4);
        writeln!(outputs, "output o{at} {{ text = \"{below}\" }}")?;
    }
    let service = format!("service api {{\nimage = \"p/a:1.0\"\n{outputs}env {{ A = api.o19.text }} }}\n");
    let said = drawn(&alone(&format!("platform p\n{service}")));
    assert!(said.contains("the text becomes longer than 1 MiB"), "{said}");
    Ok(())
}

/// A text just below its limit, in very many places.
#[test]
fn copies_of_texts_have_a_limit() -> Result {
    let mut outputs = "output o0 { text = \"0123456789012345\" }\n".to_owned();
    for at in 1..9 {
        let below = format!("${{api.o{}.text}}", at - 1).repeat(4);
        writeln!(outputs, "output o{at} {{ text = \"{below}\" }}")?;
    }
    let variables = (0..300).fold(String::new(), |all, at| format!("{all}A{at} = api.o8.text\n"));
    let service = format!("service api {{\nimage = \"p/a:1.0\"\n{outputs}env {{ {variables} }} }}\n");
    let said = message(&alone(&format!("platform p\n{service}")), "PLT003")?;
    assert!(said.contains("the platform becomes too large"), "{said}");
    Ok(())
}

/// A description stands in the artifacts wherever its variable is asked for.
#[test]
fn what_variables_become_counts() -> Result {
    let secret = format!("secret S {{ description = \"{}\" }}\n", "x".repeat(1_000_000));
    let variables = (0..300).fold(String::new(), |all, at| format!("{all}A{at} = \"${{S}}!\"\n"));
    let service = format!("service api {{\nimage = \"p/a:1.0\"\nenv {{ {variables} }} }}\n");
    message(&alone(&format!("platform p\n{secret}{service}")), "PLT003")?;
    Ok(())
}

/// What a service inherits from the one around it, and what the platform says for all.
#[test]
fn what_services_inherit_has_a_limit() -> Result {
    let many = |count: usize, line: &dyn Fn(usize) -> String| (0..count).map(line).collect::<String>();
    let networks = many(4_000, &|at| format!("network n{at}\n"));
    let list = many(4_000, &|at| format!("n{at}, "));
    let nested = many(4_000, &|at| format!("service s{at} {{ image = \"p/s:1.0\" }}\n"));
    let source = format!("platform p\n{networks}service all {{ networks = [{list}]\n{nested} }}\n");
    message(&alone(&source), "PLT003")?;
    let labels = many(4_000, &|at| format!("l{at} = \"x\"\n"));
    let services = many(4_000, &|at| format!("service s{at} {{ image = \"p/s:1.0\" }}\n"));
    message(&alone(&format!("platform p {{ labels {{ {labels} }} }}\n{services}")), "PLT003")?;
    Ok(())
}

/// What an image holds is compared with what its services have.
#[test]
fn what_images_list_has_a_limit() -> Result {
    let paths = (0..2_000).fold(String::new(), |all, at| format!("{all}\"/d{at}\", "));
    let places = (0..200).fold(String::new(), |all, at| format!("{all}tmpfs \"/t{at}\"\n"));
    let services = (0..500).fold(String::new(), |all, at| {
        format!("{all}service s{at} {{ image = \"p/s:1.0\", group = all }}\n")
    });
    let group = format!("group all {{ defaults {{ {places} }} }}\n");
    let source = format!("platform p\nimage \"p/s\" {{ writes = [{paths}] }}\n{group}{services}");
    message(&alone(&source), "PLT003")?;
    Ok(())
}

#[test]
fn a_name_is_not_copied_to_all_that_stands_in_it() {
    let name = "x".repeat(1_000_000);
    let inside = (0..300).fold(String::new(), |all, at| format!("{all}service s{at} {{ service t {{}} }}\n"));
    let compilation = alone(&format!("platform p\nservice {name} {{ {inside} }}\n"));
    assert!(compilation.has_errors());
    assert!(drawn(&compilation).len() < 2_000_000);
}

/// Templates are bounded in their work and in what they hold.
#[test]
fn templates_come_to_an_end() -> Result {
    for template in [
        "{% for a in w %}{% for b in w %}{% for c in w %}{% for d in w %}x{% endfor %}{% endfor %}{% endfor %}{% endfor %}",
        "{% set a = 'xxxxxxxxxxxxxxxx' %}{% for b in w %}{% set a = a ~ a %}{% endfor %}{{ 'x' * 1000000000 }}",
        "{{ t | replace('x', t) | replace('x', t) | replace('x', t) | replace('x', t) | length }}",
        "{% for a in w %}{{ t }}{{ t }}{{ t }}{{ t }}{% endfor %}",
    ] {
        let words = "a, ".repeat(1_000);
        let text = "x".repeat(100_000);
        let component = format!(
            "component c {{\nparameter w {{ type = list }}\nparameter t {{ type = text }}\nimage = \"p/c:1.0\"\nconfig \"/x\" = \"{template}\" {{ template = true }}\n}}\n"
        );
        let compilation = alone(&format!("platform p\n{component}c c {{ w = [{words}], t = \"{text}\" }}\n"));
        message(&compilation, "CMP004")?;
    }
    Ok(())
}

/// What is not understood is taken up bracket by bracket, which must not be deeper than was counted.
#[test]
fn records_of_records_are_followed_so_far() {
    let mut source = String::from("platform shop\nprometheus prometheus\n");
    for number in (1..5_000).rev() {
        let _ = writeln!(source, "record r{number} = \"r{} + r{number}\"", number - 1);
    }
    source.push_str("record r0 = \"sum(up)\"\nalert A { expr = \"r4999 > on (job) r4998\" }\n");
    assert!(drawn(&alone(&source)).contains("ALR003"));
}

#[test]
fn brackets_are_counted_where_the_parser_sees_them() {
    let deep = |what: &str| what.repeat(200_000);
    for source in [
        format!("a = \"{}\n", deep("{")),
        format!("a = [1, 2\n\"{}\n", deep("[")),
        format!("a = \"\"\"{}\n", deep("{")),
        format!("a {{ b = \"\"\"{}\n", deep("{")),
        format!("a = # {}\n", deep("{")),
        format!("a = b # {}\n{{ # {}\n}}", deep("{"), deep("{")),
        format!("a {{\n{}", deep("{]")),
        format!("a [\n{}", deep("[}")),
        deep("{]\n"),
        deep("{\"]"),
        deep("\"{\n"),
        deep("{"),
        deep("["),
        format!("a \" {}", deep("b { ")),
        format!("a {{ b \"\n c \" {}\n}}", deep("b { ")),
        format!("a = [ \" {}", deep("[")),
        format!("\"\"\" x \" {} \"\"\"", deep("{ a ")),
        format!("a {{ {}", deep("] { ")),
        format!("a = {}", deep("[ } ")),
        format!("a = {}", deep("[ { ] \n b = ")),
    ] {
        let compilation = alone(&format!("platform p\n{source}"));
        assert!(compilation.has_errors());
        assert!(!drawn(&compilation).is_empty());
    }
}

#[test]
fn so_many_mistakes_are_told() {
    let lines = (0..5_000).fold(String::new(), |all, at| format!("{all}variable V{at} = 5m\n"));
    let compilation = alone(&format!("platform p\n{lines}"));
    assert_eq!(compilation.diagnostics.len(), MOST);
}

/// Found by fuzzing. Each is as small as it could be made, with what was wrong with it.
#[test]
fn what_fuzzing_found_stays_mended() {
    for (wrong, source) in [
        ("a place inside a character", "platform p\ndescription = \"${ü\"\n"),
        ("a place behind the last character", "platform p\ndescription = \"${"),
        ("nothing was said", "{\"}}"),
    ] {
        let compilation = alone(source);
        assert!(compilation.has_errors(), "{wrong}: {source:?}");
        for diagnostic in &compilation.diagnostics {
            for label in &diagnostic.labels {
                let text = compilation.sources.file(label.span.file).text();
                let place = label.span.start as usize..label.span.end as usize;
                assert!(text.get(place).is_some(), "{wrong}: {source:?}");
            }
        }
        assert!(!drawn(&compilation).is_empty());
    }
}

#[cfg(unix)]
mod files {
    use std::fs;
    use std::path::Path;
    use std::process::{Command, Output, Stdio};

    use super::Result;

    fn infrac(folder: &Path, arguments: &[&str]) -> Result<Output> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_infrac"));
        Ok(command.args(arguments).current_dir(folder).env_clear().stdin(Stdio::null()).output()?)
    }

    fn said(output: &Output, code: i32) -> String {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{said}");
        said
    }

    /// What is no file is not opened: a pipe would never end, and a device neither.
    #[test]
    fn what_is_no_file_is_not_read() -> Result {
        let folder = tempfile::tempdir()?;
        let place = folder.path();
        assert!(Command::new("mkfifo").arg(place.join("pipe.infra")).status()?.success());
        std::os::unix::fs::symlink("/dev/zero", place.join("zero.infra"))?;
        fs::create_dir(place.join("folder.infra"))?;
        for (name, expected) in [
            ("pipe.infra", "`pipe.infra` cannot be read: it is neither a file nor a folder"),
            ("zero.infra", "`zero.infra` leads out of the project"),
            ("folder.infra", "the folder `folder.infra` holds no `.infra` file"),
        ] {
            fs::write(place.join("platform.infra"), format!("platform p\nimport \"{name}\"\n"))?;
            let said = said(&infrac(place, &["check"])?, 1);
            assert!(said.contains(expected), "{said}");
        }
        for (name, expected) in
            [("pipe.infra", "is no file"), ("/dev/zero", "is no file"), ("folder.infra", "cannot be read")]
        {
            let said = said(&infrac(place, &["check", name])?, 1);
            assert!(said.contains(expected), "{said}");
        }
        let said = said(&infrac(place, &["fmt", "/dev/zero"])?, 1);
        assert!(said.contains("is larger than 32 MiB"), "{said}");
        Ok(())
    }

    /// What is drawn is bounded as well, however much is wrong.
    #[test]
    fn what_is_printed_has_a_limit() -> Result {
        let folder = tempfile::tempdir()?;
        let lines = (0..5_000).fold(String::new(), |all, at| format!("{all}variable V{at} = 5m\n"));
        fs::write(folder.path().join("platform.infra"), format!("platform p\n{lines}"))?;
        let said = said(&infrac(folder.path(), &["check"])?, 1);
        assert!(said.ends_with("and at least 950 more\n\nat least 1000 errors\n"), "{said}");
        assert!(said.len() < 100_000, "{} bytes", said.len());
        Ok(())
    }
}

/// A finding at two lines next to one another, of which one is very long, shows a part of it.
#[test]
fn long_lines_beside_others_are_drawn_in_part() {
    let long = "x".repeat(500_000);
    let sources = [
        format!(
            "platform p\nservice a {{ image = \"p/a:1\"\n  port b = 80, env {{ X = \"{long}\" }}, port c = 80\n  port d = 80 }}\n"
        ),
        format!("platform p\nnetwork n\nvariable V = \"{long}\" \nvariable V = \"a\"\n"),
        format!("platform p\nnetwork n\nvariable V = \"a\"\nvariable V = \"{long}\" \n"),
        format!(
            "platform p\nservice a {{ image = \"p/a:1\"\n  labels {{ x = \"{long}\", y = \"1\"\n    y = \"2\" }} }}\n"
        ),
    ];
    for source in sources {
        let compilation = alone(&source);
        assert!(!compilation.diagnostics.is_empty(), "nothing is told");
        for found in &compilation.diagnostics {
            let said = plain(found, &compilation);
            assert!(
                said.len() < 10_000,
                "{} bytes: {}",
                said.len(),
                said.chars().take(2_000).collect::<String>()
            );
        }
    }
}
