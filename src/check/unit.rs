//! Units and colours of panels: words that Grafana knows.

use crate::diagnostic::{Diagnostic, Help, Sink, codes};
use crate::hash::HashSet;
use crate::origins::Origins;
use crate::platform::Platform;
use crate::source::Span;

/// Grafana's units (grafana/grafana:packages/grafana-data/src/valueFormats/categories.ts). Any other word is shown behind
/// the number as it stands.
const UNITS: &str = "
    none string short sishort percent percentunit humidity dB hex0x hex sci locale pixel
    accMS2 accFS2 accG degree radian grad arcmin arcsec areaM2 areaF2 areaMI2 acres hectares
    flops mflops gflops tflops pflops eflops zflops yflops
    ppm conppb conngm3 conngNm3 conμgm3 conμgNm3 conmgm3 conmgNm3 congm3 congNm3 conmgdL conmmolL
    currencyUSD currencyGBP currencyEUR currencyJPY currencyRUB currencyUAH currencyBRL currencyDKK currencyISK currencyNOK
    currencySEK currencyCZK currencyCHF currencyPLN currencyBTC currencymBTC currencyμBTC currencyZAR currencyINR currencyKRW
    currencyIDR currencyPHP currencyVND currencyTRY currencyMYR currencyXPF currencyBGN currencyPYG currencyUYU currencyILS
    bytes decbytes bits decbits kbytes deckbytes mbytes decmbytes gbytes decgbytes tbytes dectbytes pbytes decpbytes
    pps binBps Bps binbps bps KiBs Kibits KBs Kbits MiBs Mibits MBs Mbits GiBs Gibits GBs Gbits TiBs Tibits TBs Tbits
    PiBs Pibits PBs Pbits
    dateTimeAsIso dateTimeAsIsoNoDateIfToday dateTimeAsUS dateTimeAsUSNoDateIfToday dateTimeAsLocal
    dateTimeAsLocalNoDateIfToday dateTimeAsSystem dateTimeFromNow
    watt kwatt megwatt gwatt mwatt Wm2 voltamp kvoltamp voltampreact kvoltampreact watth watthperkg kwatth kwattm amph kamph
    mamph joule ev amp kamp mamp volt kvolt mvolt dBm ohm kohm Mohm farad µfarad nfarad pfarad ffarad henry mhenry µhenry
    lumens flowgpm flowcms flowcfs flowcfm litreh flowlpm flowmlpm lux forceNm forcekNm forceN forcekN
    Hs KHs MHs GHs THs PHs EHs massmg massg masslb masskg masst lengthmm lengthin lengthft lengthm lengthkm lengthmi
    pressurembar pressurebar pressurekbar pressurepa pressurehpa pressurekpa pressurehg pressurepsi
    radbq radci radgy radrad radsv radmsv radusv radrem radexpckg radr radsvh radmsvh radusvh
    rotrpm rothz rotrads rotdegs celsius fahrenheit kelvin
    hertz ns µs ms s m h d dtdurationms dtdurations dthms dtdhms timeticks clockms clocks
    cps ops reqps rps wps iops eps mps recps rowsps cpm opm reqpm rpm wpm epm mpm recpm rowspm
    velocityms velocitykmh velocitymph velocityknot mlitre litre m3 Nm3 dm3 gallons
    bool bool_yes_no bool_on_off
";

/// What stands before a colon in a unit of one's own (grafana/grafana:packages/grafana-data/src/valueFormats/valueFormats.ts).
const KINDS: [&str; 7] = ["suffix", "prefix", "time", "si", "count", "currency", "bool"];

/// Hues and shades (grafana/grafana:packages/grafana-data/src/themes/createVisualizationColors.ts).
const HUES: [&str; 6] = ["green", "yellow", "red", "blue", "orange", "purple"];
const SHADES: [&str; 4] = ["super-light", "light", "semi-dark", "dark"];

/// The names of CSS, which Grafana takes as well (W3C: CSS Color Module Level 4, "Named Colors").
const OF_CSS: &str = "
    aliceblue antiquewhite aqua aquamarine azure beige bisque black blanchedalmond blue blueviolet brown burlywood
    cadetblue chartreuse chocolate coral cornflowerblue cornsilk crimson cyan darkblue darkcyan darkgoldenrod darkgray
    darkgreen darkkhaki darkmagenta darkolivegreen darkorange darkorchid darkred darksalmon darkseagreen darkslateblue
    darkslategray darkturquoise darkviolet deeppink deepskyblue dimgray dodgerblue firebrick floralwhite forestgreen
    fuchsia gainsboro ghostwhite gold goldenrod gray greenyellow honeydew hotpink indianred indigo ivory khaki
    lavender lavenderblush lawngreen lemonchiffon lightblue lightcoral lightcyan lightgoldenrodyellow lightgray
    lightgrey lightgreen lightpink lightsalmon lightseagreen lightskyblue lightslategray lightsteelblue lightyellow
    lime limegreen linen magenta maroon mediumaquamarine mediumblue mediumorchid mediumpurple mediumseagreen
    mediumslateblue mediumspringgreen mediumturquoise mediumvioletred midnightblue mintcream mistyrose moccasin
    navajowhite navy oldlace olive olivedrab orangered orchid palegoldenrod palegreen paleturquoise palevioletred
    papayawhip peachpuff peru pink plum powderblue rebeccapurple rosybrown royalblue saddlebrown salmon sandybrown
    seagreen seashell sienna silver skyblue slateblue slategray snow springgreen steelblue tan teal thistle tomato
    turquoise violet wheat white whitesmoke yellowgreen
";

/// GRA009: a unit that Grafana does not know.
pub(super) fn units(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    let known: HashSet<&str> = UNITS.split_whitespace().collect();
    for (dashboard, origin) in platform.observed.dashboards.iter().zip(origins.dashboards()) {
        sink.about(platform.path(dashboard.owner), |sink| {
            for (panel, origin) in dashboard.panels().zip(origin.panels()) {
                // What is no constant was reported.
                let Some((unit, said)) = panel.unit.as_deref().zip(origin.unit()) else { continue };
                if !said.is(unit) || is_unit(unit, &known) {
                    continue;
                }
                let near = sink.did_you_mean(unit, UNITS.split_whitespace());
                let near = near.filter(Help::is_near);
                let own = format!("a word of one's own is written `suffix:{unit}`");
                sink.report(
                    Diagnostic::new(codes::GRA009, format!("Grafana knows no unit `{unit}`"))
                        .at(said.span, "would stand behind the number as it is")
                        .help(near.unwrap_or(own.into())),
                );
            }
        });
    }
}

fn is_unit(unit: &str, known: &HashSet<&str>) -> bool {
    known.contains(unit) || unit.split_once(':').is_some_and(|(kind, _)| KINDS.contains(&kind))
}

/// GRA010: a colour that Grafana does not know.
pub(super) fn colours(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    let panels =
        platform.observed.dashboards.iter().zip(origins.dashboards()).flat_map(|(dashboard, origin)| {
            let panels = dashboard.panels().zip(origin.panels());
            panels.map(|panel| (platform.path(dashboard.owner), panel))
        });
    let colours = panels.flat_map(|(of, (panel, origin))| {
        let thresholds = panel.thresholds.iter().zip(origin.colours());
        thresholds.map(move |(threshold, span)| (of, threshold.colour.as_str(), span))
    });
    let unknown: Vec<(Option<&str>, &str, Span)> =
        colours.filter(|(_, colour, _)| !is_colour(colour)).collect();
    for (of, colour, place) in unknown {
        let help = sink.did_you_mean(colour, HUES).filter(Help::is_near);
        sink.about(of, |sink| sink.report(
            Diagnostic::new(codes::GRA010, format!("Grafana knows no colour `{colour}`"))
                .at(place, "would be no colour")
                .help(help.unwrap_or_else(|| {
                    "the colours are `green`, `yellow`, `red`, `blue`, `orange` and `purple`, with `light-` or `dark-` before them, or `\"#rrggbb\"`"
                        .into()
                })),
        ));
    }
}

fn is_colour(colour: &str) -> bool {
    if let Some(digits) = colour.strip_prefix('#') {
        return matches!(digits.len(), 3 | 4 | 6 | 8)
            && digits.chars().all(|digit| digit.is_ascii_hexdigit());
    }
    let shade = SHADES.iter().find_map(|shade| colour.strip_prefix(shade)?.strip_prefix('-'));
    let by_parts = ["rgb(", "rgba("].iter().any(|start| colour.starts_with(start)) && colour.ends_with(')');
    HUES.contains(&shade.unwrap_or(colour))
        || by_parts
        || matches!(colour, "text" | "transparent" | "panel-bg")
        || OF_CSS.split_whitespace().any(|known| known.eq_ignore_ascii_case(colour))
}

#[cfg(test)]
mod tests {
    use super::{UNITS, is_colour, is_unit};

    #[test]
    fn units_and_colours_are_known() {
        let known = UNITS.split_whitespace().collect();
        for unit in ["s", "µs", "reqps", "percentunit", "suffix:orders", "si:Pa", "bool_yes_no"] {
            assert!(is_unit(unit, &known), "{unit}");
        }
        for unit in ["", "seconds", "reqsps", "prefixes:a"] {
            assert!(!is_unit(unit, &known), "{unit}");
        }
        for colour in [
            "green",
            "semi-dark-red",
            "super-light-blue",
            "#f00",
            "#12345678",
            "text",
            "teal",
            "rgb(1, 2, 3)",
        ] {
            assert!(is_colour(colour), "{colour}");
        }
        for colour in ["gren", "very-dark-red", "#12345", "#xyz", "light-", ""] {
            assert!(!is_colour(colour), "{colour}");
        }
    }
}
