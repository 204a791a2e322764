package ai.a5c.krate.cel.library;

import static ai.a5c.krate.cel.library.Types.AUTHORIZER;
import static ai.a5c.krate.cel.library.Types.BOOL;
import static ai.a5c.krate.cel.library.Types.DECISION;
import static ai.a5c.krate.cel.library.Types.GROUP_CHECK;
import static ai.a5c.krate.cel.library.Types.PATH_CHECK;
import static ai.a5c.krate.cel.library.Types.RESOURCE_CHECK;
import static ai.a5c.krate.cel.library.Types.STRING;

import ai.a5c.krate.cel.evaluation.Call;
import ai.a5c.krate.cel.evaluation.NoValue;
import ai.a5c.krate.cel.library.Rights.Authorizer;
import ai.a5c.krate.cel.library.Rights.Decided;
import ai.a5c.krate.cel.library.Rights.GroupCheck;
import ai.a5c.krate.cel.library.Rights.PathCheck;
import ai.a5c.krate.cel.library.Rights.ResourceCheck;
import ai.a5c.krate.spi.expression.Access;
import ai.a5c.krate.spi.expression.Access.Target;
import ai.a5c.krate.spi.expression.AccessTarget;

/** The authorizer library of Kubernetes, with its selectors. */
final class Authorization {
  private static final int CHECK_STEPS = 1_000;

  private Authorization() {}

  static void addTo(Catalog catalog) {
    catalog
        .member("path", PATH_CHECK, AUTHORIZER, STRING)
        .member("group", GROUP_CHECK, AUTHORIZER, STRING)
        .member("serviceAccount", AUTHORIZER, AUTHORIZER, STRING, STRING)
        .member("resource", RESOURCE_CHECK, GROUP_CHECK, STRING)
        .member("check", DECISION, PATH_CHECK, STRING)
        .member("check", DECISION, RESOURCE_CHECK, STRING)
        .member("allowed", BOOL, DECISION)
        .member("reason", STRING, DECISION)
        .member("errored", BOOL, DECISION)
        .member("error", STRING, DECISION);
    serve(catalog);
    narrowing(catalog, "subresource", Authorization::subresource);
    narrowing(catalog, "namespace", Authorization::namespace);
    narrowing(catalog, "name", Authorization::name);
    narrowing(catalog, "fieldSelector", Authorization::fieldSelector);
    narrowing(catalog, "labelSelector", Authorization::labelSelector);
  }

  private static void serve(Catalog catalog) {
    catalog
        .serve("path", Authorizer.class, Authorization::path)
        .serve(
            "group",
            Authorizer.class,
            call -> new GroupCheck(call.as(0, Authorizer.class), call.string(1)))
        .serve("serviceAccount", Authorizer.class, Authorization::serviceAccount)
        .serve("resource", GroupCheck.class, Authorization::resource)
        .serve("check", PathCheck.class, Authorization::checkPath)
        .serve("check", ResourceCheck.class, Authorization::checkResource)
        .serve("allowed", Decided.class, call -> answer(call).allowed())
        .serve("reason", Decided.class, call -> answer(call).reason())
        .serve("errored", Decided.class, call -> !answer(call).error().isEmpty())
        .serve("error", Decided.class, call -> answer(call).error());
  }

  private interface Narrowing {
    Target narrow(Target target, String to);
  }

  private static void narrowing(Catalog catalog, String name, Narrowing narrowing) {
    catalog
        .member(name, RESOURCE_CHECK, RESOURCE_CHECK, STRING)
        .serve(
            name,
            ResourceCheck.class,
            call -> {
              AccessTarget asked = call.as(0, ResourceCheck.class).asked();
              Target target = narrowing.narrow(asked.target(), call.string(1));
              return new ResourceCheck(new AccessTarget(asked.access(), asked.who(), target));
            });
  }

  private static PathCheck path(Call call) {
    if (call.string(1).isBlank()) {
      throw new NoValue("path must not be empty");
    }
    return new PathCheck(call.as(0, Authorizer.class), call.string(1));
  }

  private static Authorizer serviceAccount(Call call) {
    String namespace = call.string(1);
    String name = call.string(2);
    if (!NamedFormat.of("dns1123Subdomain").orElseThrow().faults(name).isEmpty()) {
      throw new NoValue("Invalid service account name");
    }
    if (!NamedFormat.of("dns1123Label").orElseThrow().faults(namespace).isEmpty()) {
      throw new NoValue("Invalid service account namespace");
    }
    Access access = call.as(0, Authorizer.class).access();
    return new Authorizer(access, new Access.Principal.ServiceAccount(namespace, name));
  }

  private static ResourceCheck resource(Call call) {
    if (call.string(1).isBlank()) {
      throw new NoValue("resource must not be empty");
    }
    GroupCheck group = call.as(0, GroupCheck.class);
    Target target = Target.of(group.group(), call.string(1), "", "", "");
    Authorizer authorizer = group.authorizer();
    return new ResourceCheck(new AccessTarget(authorizer.access(), authorizer.who(), target));
  }

  private static Decided checkPath(Call call) {
    call.meter().steps(CHECK_STEPS);
    call.meter().look();
    PathCheck check = call.as(0, PathCheck.class);
    Authorizer authorizer = check.authorizer();
    return new Decided(
        authorizer.access().mayRequest(authorizer.who(), call.string(1), check.path()));
  }

  private static Decided checkResource(Call call) {
    call.meter().steps(CHECK_STEPS);
    call.meter().look();
    AccessTarget asked = call.as(0, ResourceCheck.class).asked();
    return new Decided(asked.access().mayUse(asked.who(), call.string(1), asked.target()));
  }

  private static Access.Answer answer(Call call) {
    return call.as(0, Decided.class).answer();
  }

  private static Target subresource(Target t, String to) {
    return new Target(
        t.group(), t.resource(), to, t.namespace(), t.name(), t.fieldSelector(), t.labelSelector());
  }

  private static Target namespace(Target t, String to) {
    return new Target(
        t.group(),
        t.resource(),
        t.subresource(),
        to,
        t.name(),
        t.fieldSelector(),
        t.labelSelector());
  }

  private static Target name(Target t, String to) {
    return new Target(
        t.group(),
        t.resource(),
        t.subresource(),
        t.namespace(),
        to,
        t.fieldSelector(),
        t.labelSelector());
  }

  private static Target fieldSelector(Target t, String to) {
    return new Target(
        t.group(), t.resource(), t.subresource(), t.namespace(), t.name(), to, t.labelSelector());
  }

  private static Target labelSelector(Target t, String to) {
    return new Target(
        t.group(), t.resource(), t.subresource(), t.namespace(), t.name(), t.fieldSelector(), to);
  }
}
