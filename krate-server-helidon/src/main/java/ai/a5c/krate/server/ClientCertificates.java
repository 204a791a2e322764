package ai.a5c.krate.server;

import ai.a5c.krate.api.Subject;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.cert.CertPathValidator;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/**
 * Decides whom a client certificate names. The handshake has proved that the client holds the key;
 * whether one of our authorities vouches for it is decided here, so that a foreign certificate is
 * an anonymous caller and not a broken connection.
 */
final class ClientCertificates {
  private static final int REMEMBERED = 1024;
  private static final String CLIENT_AUTHENTICATION = "1.3.6.1.5.5.7.3.2";
  private static final String ANY_USAGE = "2.5.29.37.0";

  private final Set<TrustAnchor> authorities;
  private final InstantSource clock;

  /**
   * Verified chains; certificates compare by content, so the same client is found again on its next
   * connection.
   */
  private final Map<List<X509Certificate>, Verified> verified = new ConcurrentHashMap<>();

  private record Verified(Subject subject, Instant notAfter) {}

  ClientCertificates(List<X509Certificate> authorities, InstantSource clock) {
    this.authorities =
        authorities.stream().map(ca -> new TrustAnchor(ca, null)).collect(Collectors.toSet());
    this.clock = clock;
  }

  /** The subject of a chain that one of the authorities vouches for now; anonymous otherwise. */
  Subject subject(Optional<Certificate[]> shown) {
    if (shown.isEmpty() || authorities.isEmpty()) {
      return Subject.ANONYMOUS;
    }
    List<X509Certificate> chain = new ArrayList<>();
    for (Certificate certificate : shown.get()) {
      if (!(certificate instanceof X509Certificate x509)) {
        return Subject.ANONYMOUS;
      }
      chain.add(x509);
    }
    Verified known = verified.get(chain);
    if (known == null) {
      Optional<Verified> found = verify(chain);
      if (found.isEmpty()) {
        return Subject.ANONYMOUS;
      }
      known = found.get();
      if (verified.size() >= REMEMBERED) {
        verified.clear();
      }
      verified.put(List.copyOf(chain), known);
    }
    return clock.instant().isAfter(known.notAfter()) ? Subject.ANONYMOUS : known.subject();
  }

  private Optional<Verified> verify(List<X509Certificate> chain) {
    try {
      var path =
          CertificateFactory.getInstance("X.509").generateCertPath(withoutAuthorities(chain));
      CertPathValidator.getInstance("PKIX").validate(path, parameters());
      X509Certificate leaf = chain.getFirst();
      List<String> usage = leaf.getExtendedKeyUsage();
      if (usage == null || !(usage.contains(CLIENT_AUTHENTICATION) || usage.contains(ANY_USAGE))) {
        return Optional.empty();
      }
      Date notAfter =
          chain.stream().map(X509Certificate::getNotAfter).min(Date::compareTo).orElseThrow();
      return named(leaf).map(subject -> new Verified(subject, notAfter.toInstant()));
    } catch (GeneralSecurityException | InvalidNameException e) {
      return Optional.empty();
    }
  }

  /** A client may send its authority along; an anchor is no part of a path. */
  private List<X509Certificate> withoutAuthorities(List<X509Certificate> chain)
      throws CertificateParsingException {
    List<X509Certificate> path =
        chain.stream()
            .filter(c -> authorities.stream().noneMatch(a -> c.equals(a.getTrustedCert())))
            .toList();
    if (path.isEmpty()) {
      throw new CertificateParsingException("an authority is nobody's client certificate");
    }
    return path;
  }

  private PKIXParameters parameters() throws InvalidAlgorithmParameterException {
    var parameters = new PKIXParameters(authorities);
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(clock.instant()));
    return parameters;
  }

  /** Exactly one common name; otherwise nobody can say who is meant. */
  private static Optional<Subject> named(X509Certificate leaf) throws InvalidNameException {
    List<String> names = new ArrayList<>();
    List<String> groups = new ArrayList<>();
    for (Rdn rdn : new LdapName(leaf.getSubjectX500Principal().getName()).getRdns()) {
      var attributes = rdn.toAttributes().getAll();
      while (attributes.hasMoreElements()) {
        var attribute = attributes.nextElement();
        switch (attribute.getID().toUpperCase(java.util.Locale.ROOT)) {
          case "CN" -> texts(attribute, names);
          case "O" -> texts(attribute, groups);
          default -> {}
        }
      }
    }
    if (names.size() != 1 || names.getFirst().isBlank()) {
      return Optional.empty();
    }
    return Optional.of(Subject.of(names.getFirst(), groups.toArray(String[]::new)));
  }

  private static void texts(javax.naming.directory.Attribute attribute, List<String> into) {
    try {
      var values = attribute.getAll();
      while (values.hasMoreElements()) {
        if (values.nextElement() instanceof String text) {
          into.add(text);
        }
      }
    } catch (javax.naming.NamingException e) {
      throw new IllegalStateException("attributes in memory cannot fail", e);
    }
  }
}
