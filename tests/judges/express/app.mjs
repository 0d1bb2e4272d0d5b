// GATEWAY_PORT BACKEND_PORT: a gateway that hands /api on as it came, and a backend, both with Express as it is by default.
import http from "node:http";
import express from "express";

const [gatewayPort, backendPort] = process.argv.slice(2).map(Number);

const backend = express();
backend.get("/api/metrics", (request, response) => response.type("text").send("backend metrics"));
backend.get("/api/orders", (request, response) => response.type("text").send("orders"));

const gateway = express();
gateway.get("/metrics", (request, response) => response.type("text").send("gateway metrics"));
gateway.get("/", (request, response) => response.type("text").send("gateway"));
gateway.use("/api", (request, response) => {
  const { method, originalUrl: path, headers } = request;
  const onward = http.request({ host: "127.0.0.1", port: backendPort, method, path, headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  onward.on("error", () => response.sendStatus(502));
  request.pipe(onward);
});

backend.listen(backendPort, "127.0.0.1", () => gateway.listen(gatewayPort, "127.0.0.1"));
