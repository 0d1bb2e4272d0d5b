// Reads pages and pictures as those do who will show them. Standard input is a list of questions in JSON, standard output the
// list of answers:
//   {"mermaid": TEXT}   {"nodes": {ID: LABEL}, "edges": NUMBER, "groups": {ID: TITLE}} by Mermaid itself
//   {"dot": TEXT}       {"edges": [{"from", "to", "points": [[x, y], …]}], "nodes": {NAME: LABEL}} as Graphviz' dot draws it
//   {"svg": TEXT}       {"texts": […], "tags": {TAG: COUNT}} by a reader of XML
//   {"markdown": TEXT}  {"text": WHAT IS READ, "codes": […], "tags": {TAG: COUNT}, "links": […], "headings": […], "cells": [[…]]} by markdown-it
//   {"lint": TEXT}      {"complaints": […]} by markdownlint
// An answer with "error" is a refusal.
import { JSDOM } from "jsdom";
import MarkdownIt from "markdown-it";
import { lint } from "markdownlint/sync";
import { Graphviz } from "@hpcc-js/wasm-graphviz";
import { readFileSync } from "node:fs";

const { window } = new JSDOM("<!doctype html><body></body>");
globalThis.window = window;
globalThis.document = window.document;
const { default: mermaid } = await import("mermaid");
mermaid.initialize({ startOnLoad: false, securityLevel: "strict" });
const graphviz = await Graphviz.load();

// GitHub's own extensions that pages use: tables; HTML is shown, which is what must not come out of a text.
const markdown = new MarkdownIt({ html: true });

const LINT = {
  default: true,
  MD013: false, // lines are as long as a paragraph is
  MD033: { allowed_elements: ["details", "summary", "a", "br"] },
  MD024: { siblings_only: true },
  MD060: false, // tables are written compactly
};

async function ofMermaid(text) {
  const diagram = await mermaid.mermaidAPI.getDiagramFromText(text);
  const vertices = diagram.db.getVertices();
  const nodes = {};
  for (const [id, vertex] of vertices) nodes[id] = vertex.text;
  const groups = {};
  for (const group of diagram.db.getSubGraphs()) groups[group.id] = group.title;
  return { nodes, edges: diagram.db.getEdges().length, groups, labels: diagram.db.getEdges().map((edge) => edge.text) };
}

function ofDot(text) {
  const drawn = JSON.parse(graphviz.layout(text, "json", "dot"));
  const objects = drawn.objects ?? [];
  const nodes = {};
  for (const object of objects) if (object.pos) nodes[object.name] = object.label;
  const points = (edge) =>
    (edge._draw_ ?? []).filter((step) => step.op === "b" || step.op === "B").flatMap((step) => step.points);
  const edges = (drawn.edges ?? []).map((edge) => ({
    from: objects[edge.tail].name,
    to: objects[edge.head].name,
    points: points(edge),
  }));
  return { nodes, edges };
}

function ofSvg(text) {
  const { document } = new JSDOM(text, { contentType: "image/svg+xml" }).window;
  const tags = {};
  for (const element of document.querySelectorAll("*")) tags[element.tagName] = (tags[element.tagName] ?? 0) + 1;
  return { texts: [...document.querySelectorAll("text, title")].map((it) => it.textContent), tags };
}

function ofMarkdown(text) {
  const { document } = new JSDOM(markdown.render(text)).window;
  const tags = {};
  for (const element of document.body.querySelectorAll("*")) {
    const tag = element.tagName.toLowerCase();
    tags[tag] = (tags[tag] ?? 0) + 1;
  }
  const all = (selector, of) => [...document.body.querySelectorAll(selector)].map(of);
  return {
    text: document.body.textContent,
    tags,
    codes: all("pre code", (it) => ({ language: it.className.replace("language-", ""), text: it.textContent })),
    links: all("a[href]", (it) => it.getAttribute("href")),
    images: all("img", (it) => it.getAttribute("src")),
    headings: all("h1,h2,h3,h4,h5,h6", (it) => it.textContent),
    anchors: all("[id],a[name]", (it) => it.id || it.getAttribute("name")),
    rows: all("tr", (row) => [...row.children].map((cell) => cell.textContent)),
  };
}

function ofLint(text) {
  const found = lint({ strings: { page: text }, config: LINT }).page;
  const complaints = found.map((it) => `${it.lineNumber}: ${it.ruleNames.join("/")} ${it.ruleDescription} ${it.errorDetail ?? ""}`);
  return { complaints };
}

const answers = [];
for (const question of JSON.parse(readFileSync(0, "utf8"))) {
  try {
    if ("mermaid" in question) answers.push(await ofMermaid(question.mermaid));
    else if ("dot" in question) answers.push(ofDot(question.dot));
    else if ("svg" in question) answers.push(ofSvg(question.svg));
    else if ("markdown" in question) answers.push(ofMarkdown(question.markdown));
    else answers.push(ofLint(question.lint));
  } catch (error) {
    answers.push({ error: String(error.message ?? error) });
  }
}
// Everything is written before the program ends; a `process.exit` would cut it off.
process.stdout.write(JSON.stringify(answers));
