package ai.a5c.krate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.cli.WebhookReceiver.Arrival;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Compares what a receiver of webhooks got with what clients were told and what the server has. */
final class ArrivalsCheck {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final WebhookReceiver receiver;
  private final Ledger ledger;

  ArrivalsCheck(WebhookReceiver receiver, Ledger ledger) {
    this.receiver = receiver;
    this.ledger = ledger;
  }

  /**
   * Creates one more issue and waits until it and, as deliveries are made and sent in the order of
   * their events, everything before it has arrived and is noted as delivered.
   */
  void deliveriesGoOn(Forge forge, String title) {
    Api api = forge.server().api();
    String name = api.create(forge.issues(), forge.issue(title)).expect(201).name();
    ledger.issues.put(title, name);
    Waiting.until(
        "the last issue has arrived", PATIENCE, () -> names("issue.created").contains(name));
    String unfinished =
        Api.records(forge.namespace(), "webhookdeliveries")
            + "?fieldSelector=status.phase!=Delivered";
    Waiting.until(
        "every delivery is finished",
        PATIENCE,
        () -> api.get(unfinished).expect(200).items().isEmpty());
  }

  /** Fails unless everything agrees; nothing may be under way. */
  void verify(Forge forge) {
    assertThat(receiver.forged()).isEmpty();
    whatWasAcknowledgedHasArrived();
    onlyWhatIsThereHasArrived(forge);
    everyEventCameInItsTurn();
    repeatsAreTheSame();
  }

  private void whatWasAcknowledgedHasArrived() {
    assertThat(names("issue.created")).containsAll(ledger.issues.values());
    assertThat(names("pullrequest.created")).containsAll(ledger.pulls.values());
    assertThat(names("pullrequest.merged")).containsAll(ledger.merges.keySet());
    List<JsonObject> updates =
        receiver.arrivals().stream()
            .filter(arrival -> arrival.accepted() && arrival.type().equals("issue.updated"))
            .map(Arrival::json)
            .toList();
    assertThat(texts(updates, "data", "object", "spec", "body"))
        .containsAll(ledger.bodies.values());
  }

  /** Also what clients were not told: each object that is there has arrived, and no other. */
  private void onlyWhatIsThereHasArrived(Forge forge) {
    List<JsonObject> issues = forge.server().api().get(forge.issues()).expect(200).items();
    List<JsonObject> pulls = forge.server().api().get(forge.pullRequests()).expect(200).items();
    List<JsonObject> merged =
        pulls.stream().filter(pull -> Api.text(pull, "status", "phase").equals("Merged")).toList();
    assertThat(names("issue.created")).isEqualTo(texts(issues, "metadata", "name"));
    assertThat(names("pullrequest.created")).isEqualTo(texts(pulls, "metadata", "name"));
    assertThat(names("pullrequest.merged"))
        .isEqualTo(texts(merged, "metadata", "name"))
        .noneMatch(ledger.refusedMerges::contains);
    List<JsonObject> all = receiver.arrivals().stream().map(Arrival::json).toList();
    assertThat(texts(all, "data", "object", "spec", "title")).noneMatch(ledger.refused::contains);
  }

  /**
   * An event is sent until it is accepted, and only then the next one; after a kill, what was
   * accepted may come again.
   */
  private void everyEventCameInItsTurn() {
    List<Arrival> turns = new ArrayList<>();
    Set<String> accepted = new HashSet<>();
    for (Arrival arrival : events()) {
      if (accepted.contains(arrival.id())) {
        continue;
      }
      if (turns.isEmpty() || !turns.getLast().id().equals(arrival.id())) {
        assertThat(accepted).as("accepted before " + arrival.id()).hasSameSizeAs(turns);
        turns.add(arrival);
      }
      if (arrival.accepted()) {
        accepted.add(arrival.id());
      }
    }
    assertThat(turns.stream().map(Arrival::revision).toList()).isSorted();
  }

  /** What came of events themselves; replays and tests have no place in their order. */
  private List<Arrival> events() {
    return receiver.arrivals().stream().filter(Arrival::isOfEvent).toList();
  }

  private void repeatsAreTheSame() {
    Map<String, String> bodies = new HashMap<>();
    Map<String, String> ids = new HashMap<>();
    for (Arrival arrival : events()) {
      assertThat(Api.text(arrival.json(), "id")).isEqualTo(arrival.id());
      assertThat(bodies.computeIfAbsent(arrival.id(), any -> arrival.body()))
          .isEqualTo(arrival.body());
      String event = arrival.type() + " " + arrival.name() + " " + arrival.revision();
      assertThat(ids.computeIfAbsent(event, any -> arrival.id())).isEqualTo(arrival.id());
    }
  }

  /** The names of the objects of such events that were accepted. */
  private Set<String> names(String type) {
    return receiver.arrivals().stream()
        .filter(arrival -> arrival.accepted() && arrival.type().equals(type))
        .map(Arrival::name)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> texts(List<JsonObject> objects, String... path) {
    return objects.stream()
        .map(object -> Api.text(object, path))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Override
  public String toString() {
    List<Arrival> all = events();
    long events = all.stream().map(Arrival::id).distinct().count();
    long busy = all.stream().filter(arrival -> !arrival.accepted()).count();
    return "%d requests for %d events: %d answered 503, %d repeats of accepted ones"
        .formatted(all.size(), events, busy, all.size() - events - busy);
  }
}
