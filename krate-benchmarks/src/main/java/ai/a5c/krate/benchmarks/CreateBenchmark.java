package ai.a5c.krate.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Objects created by the API: each commit holds the object, its number, its event and its audit
 * entry.
 */
final class CreateBenchmark implements Benchmark {
  @Override
  public String name() {
    return "creates";
  }

  @Override
  public String about() {
    return "issues created per second by the API over TLS, each durable with its audit entry";
  }

  @Override
  public List<Row> run(Lab lab) throws InterruptedException {
    Scale scale = lab.scale();
    ApiClient api = lab.api();
    try {
      String namespace = api.organization("creates");
      api.repository(namespace, "web");
      String path = ApiClient.RECORDS + "namespaces/" + namespace + "/issues";
      String issue = ApiClient.issue("\"generateName\":\"web-\"", "web");
      Load.closed(
          scale.clients(),
          scale.warmUp(),
          scale.measure(),
          (client, number) -> api.create(path, issue));
      var rows = new ArrayList<Row>();
      for (int clients : new int[] {1, scale.clients()}) {
        Sample krate =
            Load.closed(
                clients,
                scale.warmUp(),
                scale.measure(),
                (client, number) -> api.create(path, issue));
        Sample peer = lab.peer().inserts(clients, scale.warmUp(), scale.measure());
        String connections = clients + (clients == 1 ? " connection" : " connections");
        rows.add(
            Row.ofRates(
                    "create an Issue, " + clients + (clients == 1 ? " client" : " clients"),
                    krate,
                    "row + event in one statement, same PostgreSQL, " + connections,
                    peer)
                .beside(lab.disk().limit()));
      }
      return rows;
    } catch (IOException e) {
      throw new BenchmarkFailedException("the API: " + e.getMessage(), e);
    }
  }
}
