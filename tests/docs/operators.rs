//! What operators asked for and did not find: each fact stands in the page that they read.

use infrac::platform::Runtime;

use super::{cases, pages_of};
use crate::case::Case;

/// A page of a case of the tests.
fn page(source: &str, end: &str) -> String {
    let of_it = |case: &Case| case.source == source && case.environment.is_none();
    let case = Case::all()
        .into_iter()
        .find(|case| of_it(case) && case.compile().runtime == Runtime::Compose)
        .expect("the case");
    let pages = pages_of(&case.compile());
    pages.into_iter().find(|page| page.path.ends_with(end)).expect("the page").content
}

fn holds(text: &str, facts: &[&str]) {
    for fact in facts {
        assert!(text.contains(fact), "{fact} is missing in\n{text}");
    }
}

#[test]
fn a_page_says_what_runs_how_often_and_where_its_data_lies() {
    let page = page("queue", "INFRASTRUCTURE.md");
    holds(
        &page,
        &[
            "- Runs: by the schedule `30 3 * * *` (UTC)",
            "30 3 * * * cd /srv/jobs && docker compose --env-file .env -f docker/compose.infrastructure.yaml run --rm --no-deps clean-up",
            "- Runs: 2 containers",
            "`/uploads` (the shared volume `uploads`, which it only reads)",
            "- Folders of the host: `/bound` is `/var/lib/jobs/a`",
            "the shared volume `uploads`",
            "the folder `/var/lib/jobs/a` of the host",
        ],
    );
}

#[test]
fn a_page_says_where_certificates_come_from_and_what_is_limited() {
    let page = page("queue", "INFRASTRUCTURE.md");
    let files = "`certificates/archive/fullchain.pem`, `certificates/archive/privkey.pem`";
    holds(
        &page,
        &[
            &format!("must lie there: {files}"),
            "- Certificate: signs itself",
            "- Certificate: the operator's own, `certificates/archive/fullchain.pem`",
            "everybody; 1 in `1m` from one address",
        ],
    );
}

#[test]
fn the_first_page_has_what_the_host_and_compose_need() {
    let page = page("platform", "INFRASTRUCTURE.md");
    holds(
        &page,
        &[
            "`vm.max_map_count=1048576`",
            "sudo scripts/install-timers.sh",
            "| `COMPOSE_PROFILES` | variable |",
            "| `ADMIN_BIND` | variable |",
        ],
    );
    let first = page.split("## Access").next().expect("a part");
    assert!(first.contains("install-timers.sh") && first.contains("vm.max_map_count"), "{first}");
}

/// The one that runs is not made anew for the one that does not.
#[test]
fn of_several_containers_those_that_run_stay() {
    let mut tried = 0;
    for case in Case::all() {
        let platform = case.compile();
        if platform.runtime != Runtime::Compose {
            continue;
        }
        let several = platform.services.iter().filter(|it| it.copies_on_one_host() > 1 && !it.is_job());
        for service in several {
            for page in pages_of(&platform) {
                let made_anew = format!("--force-recreate {}\n", service.name);
                assert!(!page.content.contains(&made_anew), "{} {}", case.name(), page.path);
                tried += usize::from(page.content.contains(&format!("up -d --no-deps {}\n", service.name)));
            }
        }
    }
    assert!(tried > 0, "nothing runs several times");
}

#[test]
fn a_page_of_an_alert_shows_what_the_alert_asks_about() {
    let watchdog = page("platform", "runbooks/Watchdog.md");
    holds(&watchdog, &["ps --all prometheus", "ps --all alertmanager"]);
    let mongodb = page("platform", "runbooks/MongodbDown.md");
    holds(&mongodb, &["logs --tail 200 mongodb\n", "logs --tail 200 mongodb-exporter\n"]);
}

#[test]
fn the_address_of_a_login_is_explained() {
    for case in cases() {
        for page in pages_of(&case.compile()) {
            let logs_in =
                page.content.contains("Commands are run on the host (") && page.content.contains("@ADDRESS");
            assert!(!logs_in || page.content.contains("`ADDRESS` is "), "{} {}", case.name(), page.path);
        }
    }
}
