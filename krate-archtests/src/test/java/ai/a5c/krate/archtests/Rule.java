package ai.a5c.krate.archtests;

import com.tngtech.archunit.core.domain.JavaClass;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A rule about classes.
 *
 * @param name a sentence
 * @param about the classes that it inspects
 * @param least how many it inspects at least in the real house; fewer means that it looks in vain
 * @param faults what is wrong with a class, one line a fault
 * @param exceptions names of classes, from the root, that may break it, and why
 * @param culprit the class of the fixtures that breaks it, by its simple name
 */
record Rule(
    String name,
    Predicate<JavaClass> about,
    int least,
    Function<JavaClass, List<String>> faults,
    Map<String, String> exceptions,
    String culprit) {

  boolean isException(House house, JavaClass type) {
    return exceptions.keySet().stream()
        .map(name -> house.root() + "." + name)
        .anyMatch(name -> type.getName().equals(name) || type.getName().startsWith(name + "$"));
  }

  @Override
  public String toString() {
    return name;
  }
}
