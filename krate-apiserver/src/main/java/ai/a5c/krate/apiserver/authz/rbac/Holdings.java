package ai.a5c.krate.apiserver.authz.rbac;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.rbac.PolicyRule;
import ai.a5c.krate.apiserver.authz.Attributes;
import ai.a5c.krate.apiserver.authz.Decision;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Who holds which roles: everything that decisions need, in memory. Written by one thread; asked
 * from many at once, without a lock.
 */
final class Holdings {
  private static final int MOST_REMEMBERED = 65_536;

  private final Map<RoleKey, RoleTable> roles = new ConcurrentHashMap<>();
  private final Map<BindingKey, Binding> bindings = new HashMap<>();
  private final Map<RoleKey, Set<BindingKey>> bound = new HashMap<>();
  private final Map<String, Map<String, Space>> users = new ConcurrentHashMap<>();
  private final Map<String, Map<String, Space>> groups = new ConcurrentHashMap<>();
  private final RightsLog log;

  /** Holds nothing yet; everything counts as changed at the revision. */
  Holdings(long at) {
    this.log = new RightsLog(at, MOST_REMEMBERED);
  }

  /** A role is as these rules say. */
  void role(RoleKey key, List<PolicyRule> rules, long revision) {
    RoleTable old = roles.get(key);
    if (old != null && old.rules().equals(rules)) {
      return;
    }
    RoleTable table = new RoleTable(rules);
    roles.put(key, table);
    for (BindingKey user : bound.getOrDefault(key, Set.of())) {
      give(bindings.get(user), table);
      mark(bindings.get(user), revision);
    }
  }

  void roleGone(RoleKey key, long revision) {
    if (roles.remove(key) == null) {
      return;
    }
    for (BindingKey user : bound.getOrDefault(key, Set.of())) {
      Binding binding = bindings.get(user);
      if (binding != null) {
        binding.holders().keySet().forEach(holder -> take(holder, user));
      }
      mark(binding, revision);
    }
  }

  /** A binding is like this. */
  void binding(Binding binding, long revision) {
    Binding old = bindings.put(binding.key(), binding);
    if (binding.equals(old)) {
      return;
    }
    RoleTable role = roles.get(binding.role());
    if (role != null) {
      give(binding, role);
    }
    if (old != null) {
      boolean known = role != null;
      for (Holder holder : old.holders().keySet()) {
        if (!known || !binding.holders().containsKey(holder)) {
          take(holder, binding.key());
        }
      }
      if (!old.role().equals(binding.role())) {
        unbound(old);
      }
    }
    bound.computeIfAbsent(binding.role(), r -> new TreeSet<>()).add(binding.key());
    mark(old, revision);
    mark(binding, revision);
  }

  void bindingGone(BindingKey key, long revision) {
    Binding old = bindings.remove(key);
    if (old != null) {
      old.holders().keySet().forEach(holder -> take(holder, key));
      unbound(old);
      mark(old, revision);
    }
  }

  /** The rules of a role, if it exists. */
  Optional<List<PolicyRule>> rules(RoleKey key) {
    return Optional.ofNullable(roles.get(key)).map(RoleTable::rules);
  }

  /** The rules that the subject holds in the namespace, those that hold everywhere included. */
  List<PolicyRule> rules(Subject subject, String namespace) {
    Map<BindingKey, Space.Bound> held = new TreeMap<>();
    for (Holder holder : holders(subject)) {
      for (String place : places(namespace)) {
        Space space = space(holder, place);
        if (space != null) {
          space.all().forEach(bound -> held.put(bound.binding().key(), bound));
        }
      }
    }
    Set<PolicyRule> rules = new LinkedHashSet<>();
    held.values().forEach(bound -> rules.addAll(bound.role().rules()));
    return new ArrayList<>(rules);
  }

  Decision decide(Attributes attributes) {
    Subject subject = attributes.subject();
    Question question = attributes.isPath() ? null : Question.of(attributes);
    Decision found = decide(Holder.user(subject.name()), attributes, question);
    for (String group : subject.groups()) {
      if (found instanceof Decision.Allow) {
        return found;
      }
      found = decide(Holder.group(group), attributes, question);
    }
    return found;
  }

  /** Whether the subject holds the part of a rule in the namespace. */
  boolean holds(Subject subject, String namespace, Question part) {
    for (Holder holder : holders(subject)) {
      for (String place : places(namespace)) {
        Space space = space(holder, place);
        if (space != null && space.allowing(part) != null) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether the subject may use the verb on the path, which may end in a wildcard. */
  boolean holdsPath(Subject subject, String verb, String path) {
    for (Holder holder : holders(subject)) {
      Space space = space(holder, "");
      if (space != null && space.allowingPath(verb, path) != null) {
        return true;
      }
    }
    return false;
  }

  /** When anything last changed that bears on what the subject may do in the namespace. */
  long changed(Subject subject, String namespace) {
    return holders(subject).stream()
        .mapToLong(holder -> log.newest(holder, namespace))
        .max()
        .orElse(0);
  }

  private Decision decide(Holder holder, Attributes attributes, @Nullable Question question) {
    Map<String, Space> spaces = (holder.group() ? groups : users).get(holder.name());
    if (spaces == null) {
      return new Decision.NoOpinion();
    }
    Space.Bound found = allowing(spaces.get(""), attributes, question);
    if (found == null && question != null && !attributes.namespace().isEmpty()) {
      found = allowing(spaces.get(attributes.namespace()), attributes, question);
    }
    return found == null
        ? new Decision.NoOpinion()
        : new Decision.Allow(found.binding().reason(holder));
  }

  private static Space.@Nullable Bound allowing(
      @Nullable Space space, Attributes attributes, @Nullable Question question) {
    if (space == null) {
      return null;
    }
    return question == null
        ? space.allowingPath(attributes.verb(), attributes.path())
        : space.allowing(question);
  }

  private static List<Holder> holders(Subject subject) {
    List<Holder> holders = new ArrayList<>(subject.groups().size() + 1);
    holders.add(Holder.user(subject.name()));
    subject.groups().forEach(group -> holders.add(Holder.group(group)));
    return holders;
  }

  private static List<String> places(String namespace) {
    return namespace.isEmpty() ? List.of("") : List.of("", namespace);
  }

  private @Nullable Space space(Holder holder, String namespace) {
    return (holder.group() ? groups : users)
        .getOrDefault(holder.name(), Collections.emptyMap())
        .get(namespace);
  }

  private void give(@Nullable Binding binding, RoleTable role) {
    if (binding == null) {
      return;
    }
    for (Holder holder : binding.holders().keySet()) {
      (holder.group() ? groups : users)
          .computeIfAbsent(holder.name(), n -> new ConcurrentHashMap<>())
          .computeIfAbsent(binding.key().namespace(), n -> new Space())
          .put(new Space.Bound(binding, role));
    }
  }

  private void take(Holder holder, BindingKey key) {
    Map<String, Map<String, Space>> all = holder.group() ? groups : users;
    Map<String, Space> spaces = all.get(holder.name());
    Space space = spaces == null ? null : spaces.get(key.namespace());
    if (spaces == null || space == null) {
      return;
    }
    space.remove(key);
    if (space.isEmpty()) {
      spaces.remove(key.namespace());
      if (spaces.isEmpty()) {
        all.remove(holder.name());
      }
    }
  }

  private void unbound(Binding binding) {
    Set<BindingKey> users = bound.get(binding.role());
    if (users != null) {
      users.remove(binding.key());
      if (users.isEmpty()) {
        bound.remove(binding.role());
      }
    }
  }

  private void mark(@Nullable Binding binding, long revision) {
    if (binding != null) {
      binding
          .holders()
          .keySet()
          .forEach(holder -> log.changed(holder, binding.key().namespace(), revision));
    }
  }
}
