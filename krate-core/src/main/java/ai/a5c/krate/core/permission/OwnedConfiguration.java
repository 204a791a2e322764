package ai.a5c.krate.core.permission;

import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.spi.storage.ListRequest;
import ai.a5c.krate.spi.storage.Listing;
import ai.a5c.krate.spi.storage.StoredObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The configuration that speaks of one repository and of no other. */
final class OwnedConfiguration {
  private static final int PAGE = 500;

  /** The most names that a rule holds. */
  private static final int MOST = 4_096;

  static final List<Kind> KINDS =
      List.of(
          ForgeKinds.BRANCH_PROTECTION,
          ForgeKinds.WEBHOOK_SUBSCRIPTION,
          ForgeKinds.REPOSITORY_PERMISSION);

  private final Objects objects;

  OwnedConfiguration(Objects objects) {
    this.objects = objects;
  }

  boolean isOf(GroupResource resource) {
    return KINDS.stream().anyMatch(kind -> kind.resource().equals(resource));
  }

  /** Their names, by kind; of more than 4,096 of a kind the first. */
  Map<Kind, List<String>> of(String namespace, String repository) {
    Map<Kind, List<String>> owned = new LinkedHashMap<>();
    KINDS.forEach(kind -> owned.put(kind, names(kind, namespace, repository)));
    return owned;
  }

  private List<String> names(Kind kind, String namespace, String repository) {
    List<String> names = new ArrayList<>();
    ListRequest.Place after = null;
    Listing page;
    do {
      page = objects.list(kind, namespace, after, PAGE, null);
      for (StoredObject stored : page.objects()) {
        if (names.size() < MOST && isOnly(objects.read(kind, stored), repository)) {
          names.add(stored.key().name());
        }
        after = new ListRequest.Place(stored.key().namespace(), stored.key().name());
      }
    } while (page.more() && names.size() < MOST);
    return names;
  }

  private static boolean isOnly(ApiObject object, String repository) {
    List<String> named = JsonTree.textsAt(object.json(), "spec", "repositories");
    return object.text("spec", "repository").equals(repository)
        || (named.size() == 1 && named.getFirst().equals(repository));
  }
}
