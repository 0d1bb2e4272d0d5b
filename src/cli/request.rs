//! `infrac request`: what a request from outside meets.

mod told;
mod url;

use std::net::{IpAddr, Ipv4Addr};

use super::project::Project;
use super::report::{Report, print};
use super::{Failure, Outcome, RequestArguments};
use crate::Parsed;
use crate::diagnostic::{Guarded, did_you_mean};
use crate::platform::{OutsideKind, Platform};
use crate::request::{Answer, Client, Reason, Request};
use url::Url;

pub(super) fn run(arguments: &RequestArguments, report: &Report) -> Result<Outcome, Failure> {
    let url = Url::parse(&arguments.url).map_err(|(problem, help)| usage(&problem, &help))?;
    let project = Project::find(arguments.source.as_deref())?;
    let loader = project.loader();
    let parsed = Parsed::load(&loader, project.entry());
    let runtime = parsed.runtime();
    let compilation = parsed.compile(&loader, arguments.env.as_deref(), runtime);
    let Some(platform) = &compilation.platform else {
        return Ok(report.errors(&compilation, &project));
    };
    let headers: Vec<(&str, &str)> =
        arguments.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let request = Request {
        tls: url.tls,
        host: &url.host,
        port: url.port,
        method: &arguments.method,
        target: &url.target,
        headers: &headers,
        client: client(platform, arguments.from.as_deref(), &url)?,
        size: arguments.size.map(|size| size.0),
        login: arguments.login,
        too_often: false,
    };
    let meeting = platform.meets(&request);
    let text = told::text(platform, &compilation.sources, &request, &meeting);
    print(&Guarded::new(&text))?;
    Ok(match meeting.answer {
        Answer::Nothing(_) | Answer::Status(_, Reason::NoRoute) => Outcome::Unanswered,
        _ => Outcome::Fine,
    })
}

/// Who asks: an address, an address of a named outside, the host itself for its own names, else anybody.
fn client(platform: &Platform, from: Option<&str>, url: &Url) -> Result<Client, Failure> {
    let Some(from) = from else {
        let own = url.host == "localhost" || url.host.ends_with(".localhost");
        let address = url.host.trim_matches(['[', ']']).parse::<IpAddr>().ok().filter(IpAddr::is_loopback);
        let address = address.or(own.then_some(IpAddr::V4(Ipv4Addr::LOCALHOST)));
        return Ok(address.map_or(Client::Anybody, Client::Address));
    };
    if let Ok(address) = from.parse() {
        return Ok(Client::Address(address));
    }
    let Some(outside) = platform.outsides.iter().find(|outside| outside.name == from) else {
        let names = platform.outsides.iter().map(|outside| outside.name.as_str());
        let help = did_you_mean(from, names).map_or_else(
            || "write an address such as `198.51.100.7`, or the name of an `outside`".to_owned(),
            |help| help.text,
        );
        return Err(usage(&format!("`{from}` is no address and no outside"), &help));
    };
    let first = outside.ranges.first().and_then(|range| range.split('/').next()?.parse().ok());
    match (outside.kind, first) {
        (OutsideKind::Internet, _) => Ok(Client::Anybody),
        (OutsideKind::Localhost, _) => Ok(Client::Address(IpAddr::V4(Ipv4Addr::LOCALHOST))),
        (OutsideKind::Declared, Some(address)) => Ok(Client::Address(address)),
        (OutsideKind::Declared, None) => {
            Err(usage(&format!("nobody comes from `{from}`"), "it holds endpoints and no address ranges"))
        }
    }
}

fn usage(problem: &str, help: &str) -> Failure {
    Failure::Usage(format!("{problem}\n  help: {help}"))
}
