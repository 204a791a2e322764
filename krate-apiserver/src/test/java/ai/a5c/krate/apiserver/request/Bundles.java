package ai.a5c.krate.apiserver.request;

import static ai.a5c.krate.apiserver.house.House.ADMIN;
import static ai.a5c.krate.apiserver.house.House.NOTE;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.apiserver.admission.Admission;
import ai.a5c.krate.apiserver.house.House;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.registry.ApiObject;
import java.util.Arrays;
import java.util.List;

/** Objects to write together, and what became of them. */
final class Bundles {
  static final Subject WRITER = Subject.of("writer");

  private Bundles() {}

  static ApiObject note(String name) {
    return note(name, "hello");
  }

  static ApiObject note(String name, String title) {
    return object(House.note(name, title));
  }

  static ApiObject ticket(String metadata, String queue) {
    return object(House.ticket(metadata, queue));
  }

  static ApiObject object(String json) {
    return new ApiObject(Json.parse(Bytes.utf8(json), 100_000).object())
        .withText("team", "metadata", "namespace");
  }

  static List<ApiObject> notes(String... names) {
    return Arrays.stream(names).map(Bundles::note).toList();
  }

  static Client client(House house) {
    return house.server().client(ADMIN);
  }

  static List<String> names(House house) {
    return house.objects.list(NOTE, "team", null, 1_000, null).objects().stream()
        .map(stored -> stored.key().name())
        .toList();
  }

  /** The name of what is asked about; empty for what is created without one. */
  static String name(Admission asked) {
    ApiObject object = asked.object();
    return object == null ? "" : object.name();
  }

  static Client.StatusChange read(String name) {
    return phase(name, "Read");
  }

  static Client.StatusChange phase(String name, String phase) {
    return new Client.StatusChange(name, old -> old.withText(phase, "status", "phase"));
  }

  static ApiObject stored(House house, String name) {
    return house.objects.get(NOTE, "team", name).orElseThrow();
  }

  static String phase(House house, String name) {
    return stored(house, name).text("status", "phase");
  }

  static Together.Refused refused(Together together) {
    assertThat(together).isInstanceOf(Together.Refused.class);
    return (Together.Refused) together;
  }
}
