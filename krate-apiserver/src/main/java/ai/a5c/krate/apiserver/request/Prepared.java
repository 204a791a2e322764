package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.apiserver.registry.Plan;
import ai.a5c.krate.apiserver.registry.Preparation;
import java.util.ArrayList;
import java.util.List;

/** A request whose preparations were made; closing it discards what was not kept. */
record Prepared(Authorized request, List<One> objects) implements AutoCloseable {
  Prepared {
    objects = List.copyOf(objects);
  }

  /** One of its objects, and the works that it asked for. */
  record One(Proposal proposal, List<Preparation.Prepared> works) implements AutoCloseable {
    One {
      works = List.copyOf(works);
    }

    List<FieldError> errors() {
      List<FieldError> errors = new ArrayList<>();
      works.forEach(work -> errors.addAll(work.errors()));
      return errors;
    }

    void publish() {
      works.forEach(Preparation.Prepared::publish);
    }

    void addTo(Plan plan) {
      works.forEach(work -> work.addTo(plan));
    }

    void keep() {
      works.forEach(Preparation.Prepared::keep);
    }

    @Override
    public void close() {
      works.reversed().forEach(Preparation.Prepared::close);
    }
  }

  @Override
  public void close() {
    objects.reversed().forEach(One::close);
  }
}
