package ai.a5c.krate.apiserver.kind;

import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.api.schema.StorageBoundary;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The kinds that a server knows: an immutable catalogue, in which no two clash. */
public final class Kinds {
  private record GroupAndName(String group, String name) {}

  private final List<Kind> all;
  private final Map<GroupResource, Kind> byPlural = new LinkedHashMap<>();
  private final Map<GroupAndName, Kind> byName = new LinkedHashMap<>();
  private final Map<String, List<Kind>> byGroup = new LinkedHashMap<>();
  private final Map<Kind, List<Subresource>> subresources;

  private Kinds(List<Kind> kinds, Map<Kind, List<Subresource>> subresources) {
    this.subresources = Map.copyOf(subresources);
    all = List.copyOf(kinds);
    Map<String, StorageBoundary> boundaries = new LinkedHashMap<>();
    Map<String, Set<String>> taken = new LinkedHashMap<>();
    for (Kind kind : all) {
      var boundary = boundaries.putIfAbsent(kind.group(), kind.boundary());
      if (boundary != null && boundary != kind.boundary()) {
        throw clash(kind, "its group is on the other side of the storage boundary");
      }
      if (byName.putIfAbsent(new GroupAndName(kind.group(), kind.name()), kind) != null) {
        throw clash(kind, "its group has a kind of that name already");
      }
      Set<String> names = taken.computeIfAbsent(kind.group(), g -> new LinkedHashSet<>());
      for (String name : names(kind)) {
        if (!names.add(name)) {
          throw clash(kind, "its group has \"" + name + "\" already");
        }
      }
      byPlural.put(kind.resource(), kind);
      byGroup.computeIfAbsent(kind.group(), g -> new ArrayList<>()).add(kind);
    }
  }

  /**
   * A catalogue of the kinds, in this order.
   *
   * @throws IllegalArgumentException if two share a name in one group, or one group is on both
   *     sides of the storage boundary
   */
  public static Kinds of(List<Kind> kinds) {
    return new Kinds(kinds, Map.of());
  }

  /**
   * A catalogue of kinds of which some have parts that are got as bytes.
   *
   * @throws IllegalArgumentException as by {@link #of(List)}
   */
  public static Kinds of(List<Kind> kinds, Map<Kind, List<Subresource>> subresources) {
    return new Kinds(kinds, subresources);
  }

  /** A catalogue of what the records declare, in this order. */
  @SafeVarargs
  public static Kinds ofDeclarations(Class<? extends Record>... declarations) {
    List<Kind> kinds = new ArrayList<>();
    for (Class<? extends Record> declaration : declarations) {
      kinds.add(KindReader.read(declaration));
    }
    return of(kinds);
  }

  /** The kind that a URL names. */
  public Optional<Kind> byPlural(String group, String version, String plural) {
    return byPlural(new GroupResource(group, plural)).filter(k -> k.version().equals(version));
  }

  /** The kind of a collection. */
  public Optional<Kind> byPlural(GroupResource resource) {
    return Optional.ofNullable(byPlural.get(resource));
  }

  /** The kind that an object's {@code kind} names. */
  public Optional<Kind> byName(String group, String name) {
    return Optional.ofNullable(byName.get(new GroupAndName(group, name)));
  }

  /** The kind that a record declares, if it is in the catalogue. */
  public Optional<Kind> declaredBy(Class<? extends Record> declaration) {
    return all.stream().filter(k -> k.body() == declaration).findFirst();
  }

  /** Every kind, in the order of the catalogue. */
  public List<Kind> all() {
    return all;
  }

  /**
   * The groups in the order in which they first stand in the catalogue; the core group is the empty
   * name.
   */
  public List<String> groups() {
    return List.copyOf(byGroup.keySet());
  }

  /** The kinds of a group, in order; none if there is no such group. */
  public List<Kind> inGroup(String group) {
    return Collections.unmodifiableList(byGroup.getOrDefault(group, List.of()));
  }

  /** The versions of a group, in the order of their first kind. */
  public List<String> versions(String group) {
    return inGroup(group).stream().map(Kind::version).distinct().toList();
  }

  /** The parts of a kind's objects that are got as bytes, beside its status. */
  public List<Subresource> subresources(Kind kind) {
    return subresources.getOrDefault(kind, List.of());
  }

  /** The side of the storage boundary on which a group lives. */
  public Optional<StorageBoundary> boundary(String group) {
    return inGroup(group).stream().map(Kind::boundary).findFirst();
  }

  private static Set<String> names(Kind kind) {
    Set<String> names = new LinkedHashSet<>(kind.shortNames());
    names.add(kind.plural());
    names.add(kind.singular());
    return names;
  }

  private static IllegalArgumentException clash(Kind kind, String why) {
    return new IllegalArgumentException(kind.resource() + " clashes: " + why);
  }
}
