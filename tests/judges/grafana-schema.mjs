// grafana-schema.mjs NODE_MODULES: one JSON schema on standard output for a dashboard, and for the options and fields of the
// panels that are written, made of the types that Grafana publishes.
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const modules = resolve(process.argv[2]);
const { createGenerator } = createRequire(join(modules, "x"))("ts-json-schema-generator");
const raw = join(modules, "@grafana/schema/dist/types/raw");

const schema = (path, type) =>
  createGenerator({ path: join(raw, path), type, skipTypeCheck: true, topRef: false }).createSchema(type);

const panels = {};
for (const kind of ["bargauge", "gauge", "heatmap", "stat", "table", "timeseries"]) {
  const path = `composable/${kind}/panelcfg/x/types.gen.d.ts`;
  const options = schema(path, "Options");
  // Grafana puts defaults in for what is left out.
  delete options.required;
  const fields = ["heatmap", "table", "timeseries"].includes(kind);
  panels[kind] = { options, custom: fields ? schema(path, "FieldConfig") : null };
}
process.stdout.write(JSON.stringify({ dashboard: schema("dashboard/x/types.gen.d.ts", "Dashboard"), panels }));
