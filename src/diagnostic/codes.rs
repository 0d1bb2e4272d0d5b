//! The registry of codes. A code never changes its meaning, and is never used again. `docs/codes/` has a page of each, with examples that a test runs.

use super::code::{Code, Severity, registry};

registry! {
    /// Something stands where the grammar has no place for it.
    SYN001 Error "unexpected-text";
    /// A brace or bracket is never closed, closed by another kind, or closes nothing.
    SYN002 Error "unbalanced-bracket";
    /// Text that is not closed, has an unknown escape, or holds no reference where it should.
    SYN003 Error "malformed-text";
    /// More levels of nesting than the parser takes.
    SYN004 Error "nested-too-deep";
    /// Bytes that are no UTF-8 text, or a file that is too large.
    SYN005 Error "unreadable-source";

    /// A value of another type than the key takes.
    TYP001 Error "wrong-type";
    /// A quantity with a unit of another kind, without one, or with several.
    TYP002 Error "wrong-unit";
    /// A number outside its range.
    TYP003 Error "out-of-range";
    /// A word that is none of the choices.
    TYP004 Error "not-a-choice";
    /// A key that the block does not have.
    TYP005 Error "unknown-key";
    /// A key, value or label that must be there is missing.
    TYP006 Error "missing";
    /// A name that cannot be a DNS label or a variable's name.
    TYP007 Error "malformed-name";
    /// A label, value or body that the key does not take.
    TYP008 Error "unexpected-part";

    /// A name that nothing declares.
    NAM001 Error "unknown-name";
    /// Two things of one name.
    NAM002 Error "duplicate-name";
    /// References that lead back to where they start.
    NAM003 Error "reference-cycle";
    /// A name that stands for another kind of thing than is needed there.
    NAM004 Error "wrong-kind";
    /// Two things whose names are the same in artifacts.
    NAM005 Error "artifact-name-clash";
    /// A name that is not visible inside a component.
    NAM006 Error "not-visible";

    /// A value the operator sets, or a secret, where a constant is needed.
    PHA001 Error "not-constant";
    /// A secret where what it is built into would show it.
    PHA002 Error "secret-exposed";

    /// The same entry twice in one body.
    MRG001 Error "duplicate-entry";
    /// An environment changes something that does not exist.
    MRG002 Error "patch-without-target";
    /// An environment that the platform does not declare.
    MRG003 Error "unknown-environment";

    /// A parameter that an instance must set is not set.
    CMP001 Error "missing-parameter";
    /// A component that contains itself.
    CMP002 Error "component-recursion";
    /// A declaration inside a component that cannot stand.
    CMP003 Error "malformed-component";
    /// A template that does not render.
    CMP004 Error "template-failed";
    /// A child that another one must name in a list, and does not.
    CMP005 Error "not-listed";

    /// An import of something that cannot be read.
    IMP001 Error "import-not-found";
    /// An import that leads back to the file it stands in.
    IMP002 Error "import-cycle";
    /// A path that leads out of the project.
    IMP003 Error "outside-project";

    /// Not exactly one platform block, or an empty source.
    PLT001 Error "no-platform";
    /// A service without an image and without a build.
    PLT002 Error "no-image";
    /// Copies of copies, without end in practice.
    PLT003 Error "too-large";

    /// Something that no target of the platform writes.
    TGT001 Warning "not-read-by-any-target";
    /// Something that a target of the platform cannot express.
    TGT002 Warning "not-expressible";
    /// An override that the target cannot take.
    TGT003 Error "malformed-override";
    /// An override that no target takes where it stands.
    TGT004 Error "override-not-taken";
    /// A program that is older than what its files are written for.
    TGT005 Error "image-too-old";
    /// A scrape job that an override gives another name.
    TGT006 Error "job-renamed";
    /// A restriction of access that a target of the platform cannot express.
    TGT007 Error "not-enforced";
    /// An override that removes what is not there.
    TGT008 Error "nothing-to-remove";
    /// An override that changes what the compiler derives, and other files go by.
    TGT009 Error "derived-by-the-compiler";
    /// An override behind which pods are not admitted to their namespace.
    TGT010 Error "pod-not-admitted";
    /// An override behind which the program that reads the file refuses it.
    TGT011 Error "override-refused";

    /// A site whose host name is none, or is not known before the start.
    SITE001 Error "no-host-name";
    /// A site without a proxy, or whose proxy has no port for it.
    SITE002 Error "served-nowhere";
    /// A host name on two sites, or a path that leads to two places.
    SITE003 Error "served-twice";
    /// A text that cannot stand where HTTP, or the name of a folder, would have it.
    SITE004 Error "breaks-its-line";
    /// Metrics, or an administration interface, that everybody may ask for.
    SITE005 Error "metrics-in-public";
    /// A route that no request comes to.
    SITE006 Error "never-asked";
    /// A site that is served to everybody without TLS.
    SITE007 Warning "plain-text-site";
    /// A route to a port that does not speak HTTP.
    SITE008 Error "not-http";
    /// A path that no request has.
    SITE009 Error "no-such-path";
    /// A range of clients that the proxy's own network belongs to.
    SITE010 Error "own-network-let-in";
    /// An address reserved for documentation (RFC 5737, RFC 3849) in a range that is allowed in.
    SITE011 Warning "documentation-address";
    /// A proxy that serves no site.
    SITE012 Warning "proxy-without-a-site";
    /// A site whose certificate nothing brings to its proxy.
    SITE013 Error "no-certificate";
    /// A name that an issuer cannot make a certificate out for.
    SITE014 Error "not-issued";
    /// A request that services hand on to each other without an end.
    SITE017 Error "forwarded-in-a-circle";
    /// A login of the proxy in front of what is asked with other credentials.
    SITE018 Error "login-before-signatures";
    /// A path of a site that an object store takes for a bucket it has not.
    SITE019 Error "no-such-bucket";
    /// A path that is taken off in front of a store that is asked with signed paths.
    SITE020 Error "signed-path-changed";
    /// A route to gRPC that has what gRPC does not.
    SITE021 Error "not-for-grpc";
    /// Upstreams that cannot share the requests of a route.
    SITE022 Error "upstreams-differ";
    /// A load balancer that is believed at addresses from which others ask as well.
    SITE023 Error "private-address-trusted";
    /// A path that probes ask for and are refused.
    SITE024 Warning "probe-refused";
    /// A proxy that an authority cannot ask for what proves a name.
    SITE025 Warning "name-not-proved";
    /// A range of IPv6 that is let in where no client comes over IPv6.
    SITE026 Warning "address-never-seen";
    /// A load balancer that is believed where another one says which client asks.
    SITE027 Error "client-named-twice";

    /// Something is reached that a policy says never is.
    POL001 Error "policy-broken";
    /// Something is not reached that a policy says must be.
    POL002 Error "policy-unmet";

    /// Something that nginx has no words for.
    NGX001 Error "no-words-for-it";

    /// A port that the service named does not listen on.
    PORT001 Error "no-such-port";
    /// Two services that publish the same port of the host.
    PORT002 Error "host-port-clash";
    /// An address with a port that the service behind it does not declare.
    PORT003 Error "undeclared-port";
    /// An administration interface that everybody can reach.
    PORT004 Warning "admin-interface-public";
    /// A port that is published though it is marked internal.
    PORT005 Error "internal-port-published";

    /// A connection between services that share no network.
    NET001 Error "unreachable-dependency";
    /// A scrape of a service that shares no network with the scraper.
    NET002 Error "unreachable-scrape";
    /// A connection to the outside from internal networks only.
    NET003 Error "no-way-out";
    /// A network without members, or an internal one with a single member.
    NET004 Warning "lonely-network";
    /// A name that does not resolve, because one of both is on the network of the host.
    NET005 Error "unresolvable-name";
    /// A published port of a service that is on internal networks only.
    NET006 Error "published-but-internal";

    /// Waiting for the health of a service that has no health check.
    DEP001 Error "no-health-to-wait-for";
    /// Services that wait for each other.
    DEP002 Error "dependency-cycle";
    /// Waiting for the health of a job, which ends.
    DEP003 Error "job-is-not-healthy";

    /// A wait for a service that does not start with the one that waits.
    DEP004 Error "wait-for-another-profile";
    /// Text that names a service without a reference.
    DEP005 Warning "unknown-connection";

    /// A health check by a tool that the image does not hold.
    HC001 Error "tool-not-in-image";
    /// An interval for the start, whose length is not said.
    HC002 Error "start-without-length";
    /// A health check that succeeds before the first start is over.
    HC003 Warning "healthy-too-early";
    /// A health check of `localhost`.
    HC004 Warning "ambiguous-localhost";
    /// A health path that the service does not serve.
    HC005 Error "no-such-endpoint";
    /// A health check that fails where another service does.
    HC006 Warning "health-of-another";

    /// A secret whose value stands in the source.
    SEC001 Error "secret-in-source";
    /// A variable in the form of a file that the image does not read.
    SEC002 Error "file-not-read";
    /// A variable and its file form, both set.
    SEC003 Error "variable-and-file";
    /// The password of a most powerful account, where a limited one would do.
    SEC006 Warning "root-account";
    /// A secret on a command line.
    SEC007 Warning "secret-in-arguments";
    /// A secret as a file in a read-only service.
    SEC008 Error "file-in-read-only";
    /// A service that runs as root without a reason.
    SEC009 Warning "root-without-reason";
    /// Access to the API of the cluster by which a service could take over more than itself.
    SEC010 Error "powerful-api-access";

    /// Data that is lost with the container.
    VOL001 Error "data-without-volume";
    /// A volume of the image that nothing is mounted at.
    VOL002 Warning "volume-left-behind";
    /// Two services that write to the same volume.
    VOL003 Error "two-writers";
    /// A single file of configuration from the host that is read again.
    VOL004 Warning "file-mounted-alone";
    /// A path that the image writes to and cannot.
    VOL005 Error "cannot-be-written";
    /// Something that is mounted below a folder that a target writes.
    VOL006 Error "below-a-generated-folder";
    /// A bucket that nothing writes to or reads.
    VOL007 Warning "unused-bucket";

    /// A backup with nothing to copy, or of files that are no valid copy.
    BKP001 Error "nothing-to-copy";
    /// A database that no backup copies.
    BKP002 Warning "no-backup";
    /// Copies that are gone before anybody has seen to a missing one.
    BKP003 Warning "removed-too-early";
    /// Copies that cannot be taken to their place, or lie in what they are copies of.
    BKP004 Error "no-place-for-copies";
    /// Copies that no account may read back.
    BKP005 Warning "unreadable-copies";
    /// Two hosts that carry the compose stack.
    HOST001 Error "two-stacks";

    /// Limits of memory that do not fit on the host.
    RES001 Warning "memory-overcommitted";
    /// A Java heap that changes its size, or is too large.
    RES002 Error "heap-out-of-proportion";
    /// An own service without a limit where memory is counted.
    RES003 Warning "limit-not-said";
    /// A proxy with less memory than its sites take.
    RES004 Warning "too-small-for-its-sites";
    /// Paths in memory that leave no memory to the program.
    RES005 Warning "memory-for-files-alone";

    /// An image that can no longer be pulled.
    IMG001 Error "image-gone";
    /// A tag that changes what it means.
    IMG002 Warning "floating-tag";
    /// Images that only work in the same version, in different ones.
    IMG003 Error "versions-differ";
    /// An image that gets no updates any more.
    IMG004 Warning "image-discontinued";
    /// Images of which the catalogue knows nothing.
    IMG005 Warning "image-unknown";
    /// A version of an image that gets no updates any more.
    IMG006 Warning "version-ended";
    /// Something that an image has to be given, and is not.
    IMG007 Warning "image-lacks";
    /// An image that does not run on the kernel of the host's system.
    IMG008 Error "kernel-unfit";

    /// A variable that is used and not declared.
    ENV001 Error "undeclared-variable";
    /// A variable or secret that nothing uses.
    ENV002 Warning "unused-variable";
    /// A text with `$NAME` of a declared variable or secret, which nothing puts in.
    ENV003 Warning "dollar-without-braces";

    /// An `allow` where nothing of its code is found.
    ALW001 Warning "allows-nothing";
    /// An `allow` of something that is no rule.
    ALW002 Error "cannot-be-allowed";

    /// A scrape path that the service does not answer metrics at.
    OBS001 Error "wrong-metrics-path";
    /// A metric or label that nothing exports, at least not with the arguments that are set.
    OBS002 Error "unknown-metric";
    /// A service that is known to export metrics and is not scraped.
    OBS003 Warning "not-scraped";
    /// A rate divided by a rate of the same metric, series by series.
    OBS004 Error "unaggregated-ratio";
    /// `histogram_quantile` of something without its buckets.
    OBS005 Error "quantile-without-buckets";
    /// A range that holds too few samples.
    OBS006 Warning "range-too-short";
    /// A job that no scrape job is called.
    OBS007 Error "unknown-job";
    /// Text that is no PromQL.
    OBS008 Error "malformed-query";
    /// `rate` of a gauge, or `delta` of a counter.
    OBS009 Error "wrong-function-for-type";
    /// An alert or a scrape that nobody collects.
    OBS010 Warning "no-metrics-server";
    /// A site that no probe can look at, because the operator sets its name.
    OBS011 Warning "site-not-probed";
    /// A quantile of a share that is not from 0 to 1.
    OBS012 Error "quantile-out-of-range";
    /// An operation whose sides have no series of the same labels.
    OBS013 Error "sides-never-meet";
    /// Sites, and no service that looks at them from outside.
    OBS014 Warning "no-probe";
    /// A range that is shorter than the time between two scrapes.
    OBS015 Error "range-without-samples";
    /// A job that ends, scraped as if it were always there.
    OBS016 Error "scraped-job";
    /// A scraped service that starts only with a profile, while what scrapes it starts without.
    OBS017 Warning "scraped-while-away";
    /// A grouping by a label that no series of the query carries.
    OBS018 Warning "grouped-by-unknown-label";
    /// One exporter beside several containers, which it asks by their one name.
    OBS019 Warning "one-exporter-of-several";

    /// A receiver without what its messages are sent with.
    ALR001 Error "missing-credentials";
    /// A receiver that no alert can reach.
    ALR002 Error "unreachable-receiver";
    /// An alert that does not say how bad it is, what it means or what to do.
    ALR003 Warning "incomplete-alert";
    /// A label that both sides of a mute lack, so that it mutes everything.
    ALR004 Warning "label-on-neither-side";
    /// No alert that always fires tells that alerting works.
    ALR005 Warning "no-dead-mans-switch";
    /// A template that shows a label the alert does not carry.
    ALR006 Error "unknown-label-in-template";
    /// An alert that nobody is told of.
    ALR007 Warning "nobody-is-told";
    /// A test that asks nothing of its alert.
    ALR008 Warning "test-asks-nothing";
    /// A receiver of what only alerts of unknown labels could carry.
    ALR009 Warning "perhaps-unreachable";
    /// A text of an alert that no message can be made of.
    ALR010 Error "malformed-template";
    /// An alert whose query has a result whatever the values are.
    ALR011 Warning "fires-always";
    /// A test of an alert that cannot be run.
    ALR012 Error "malformed-test";
    /// Receivers, and no service that tells them.
    ALR013 Error "nobody-tells-receivers";
    /// A mute that silences too much, or nothing.
    ALR014 Error "unsound-mute";
    /// A message that is posted to another host than the outside that is named for it.
    ALR015 Error "posted-elsewhere";
    /// A group by a label that no alert carries.
    ALR016 Warning "group-by-no-label";
    /// A heartbeat that hears an alert which does not always fire.
    ALR017 Error "heartbeat-of-another-alert";
    /// A test of an alert that fails whatever the alert is.
    ALR018 Error "test-cannot-pass";
    /// An alert whose tests only see it fire, or only see it silent.
    ALR019 Warning "one-sided-tests";
    /// A label of an alert that changes with its value.
    ALR020 Error "label-of-a-value";
    /// A mute by which one dead service silences all others.
    ALR021 Warning "mutes-all-services";
    /// Hours that no receiver names.
    ALR022 Warning "unused-hours";

    /// A name that no object of a cluster can have.
    K8S001 Error "name-of-a-cluster";
    /// A port by a name that no cluster takes.
    K8S002 Error "name-of-a-port";
    /// A label that objects of a cluster cannot have.
    K8S003 Error "label-of-a-cluster";
    /// An image that a cluster cannot pull.
    K8S004 Error "image-not-to-be-pulled";
    /// A path of the project in a pod.
    K8S005 Error "path-of-the-project";
    /// A volume in two namespaces.
    K8S006 Error "volume-in-two-namespaces";
    /// A value in the command of a health check whose image holds no shell.
    K8S007 Error "value-in-a-probe";
    /// A service that is scaled by nothing.
    K8S008 Error "scaled-by-nothing";
    /// A file that no ConfigMap holds.
    K8S009 Error "file-too-large";
    /// Two objects of a cluster that would have one name.
    K8S010 Error "two-objects-of-one-name";
    /// A volume of several pods, without a storage class for it.
    K8S011 Warning "shared-volume-of-no-class";
    /// Volumes of a cluster that no alert watches.
    K8S012 Warning "volumes-unwatched";
    /// A probe that no policy lets out of the cluster.
    K8S013 Warning "probe-kept-in";
    /// An exporter that meets another pod at each scrape.
    K8S014 Warning "scraped-by-turns";
    /// One pod before services of several.
    K8S015 Warning "one-pod-in-front";
    /// A backup that a cluster does not take.
    K8S016 Warning "backup-not-taken";
    /// Certificates that pods of one node alone can read.
    K8S020 Error "certificates-on-one-node";
    /// Something of a site that the gateway of a cluster cannot enforce or express.
    K8S021 Error "not-at-a-gateway";
    /// Sites that one Gateway cannot serve together.
    K8S022 Error "not-on-one-gateway";
    /// A name with `*` beside one that it holds, at one Gateway.
    K8S023 Warning "names-overlap";
    /// An outside of many names that no policy of the cluster can say.
    K8S030 Error "pattern-of-names";
    /// Settings that the operator's objects for Prometheus or Alertmanager cannot hold.
    K8S031 Warning "left-to-the-cluster";
    /// What objects of Prometheus Operator cannot say.
    K8S032 Error "not-of-an-operator";

    /// A port of operators that every address may ask.
    AWS001 Error "open-to-everybody";
    /// A port that is published to an outside, and that the host of the cloud binds to itself.
    AWS002 Warning "published-and-closed";
    /// A name that a bucket or a policy in AWS cannot have.
    AWS003 Error "name-of-the-cloud";
    /// Not exactly one host where Terraform makes one.
    AWS004 Error "not-one-host";
    /// A region, a size, an image or a zone that AWS does not have by this name.
    AWS005 Error "not-of-the-cloud";
    /// A state of Terraform that one machine keeps.
    AWS006 Warning "state-on-one-machine";
    /// A name of a site that no zone leads to the host.
    AWS007 Warning "name-in-no-zone";
    /// Rights of one account that every container of the host reaches.
    AWS008 Warning "rights-for-every-container";
    /// A host that nobody can log in to.
    AWS009 Warning "nobody-logs-in";
    /// A label of the platform that no tag in AWS can be.
    AWS010 Error "label-of-the-cloud";
    /// More rules of a firewall than an account may have.
    AWS011 Warning "too-many-rules";
    /// A size of a machine with another amount of memory than its host says.
    AWS012 Warning "memory-of-another-size";

    /// Dashboards over metrics that nobody keeps.
    GRA001 Error "no-data-source";
    /// Two dashboards of one address, or one title.
    GRA002 Error "duplicate-dashboard";
    /// A panel that does not fit into the page.
    GRA003 Error "panel-does-not-fit";
    /// Dashboards that nobody shows.
    GRA004 Warning "not-shown";
    /// A variable that a dashboard uses, and no choice offers.
    GRA005 Error "unknown-variable";
    /// A choice that nothing in its dashboard asks for.
    GRA006 Warning "unused-choice";
    /// A legend that shows a label the series do not carry.
    GRA007 Error "unknown-label-in-legend";
    /// A dashboard or a row without panels, or a panel without a query.
    GRA008 Error "nothing-to-show";
    /// A unit that Grafana does not know.
    GRA009 Error "unknown-unit";
    /// A colour that Grafana does not know.
    GRA010 Error "unknown-colour";
    /// Thresholds of a panel that do not stand from below.
    GRA011 Warning "thresholds-go-down";

    /// A file that a build writes is not there.
    ART001 Error "missing-artifact";
    /// A file is what an earlier build wrote, and the source says something else by now.
    ART002 Error "stale-artifact";
    /// A generated file has been edited.
    ART003 Error "edited-artifact";
    /// Something that infrac did not write stands where it writes a file.
    ART004 Error "artifact-in-the-way";
    /// A file of an earlier build is no longer generated.
    ART005 Error "orphaned-artifact";
    /// Infrac did not write a file in a folder that programs read whole.
    ART006 Error "foreign-file";
    /// A file cannot be read, written or packed.
    ART007 Error "not-written";

    /// A source file is not in the one style.
    FMT001 Error "unformatted-source";
}
