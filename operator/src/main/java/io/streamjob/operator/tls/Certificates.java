package io.streamjob.operator.tls;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Makes keys on the curve P-256 and certificates for them. */
final class Certificates {

  private static final SecureRandom RANDOM = new SecureRandom();

  /** Clocks of nodes differ. */
  private static final Duration EARLIER = Duration.ofHours(1);

  /** What a certificate is good for. */
  enum Use {
    /** To sign others. */
    AUTHORITY,
    SERVER,
    CLIENT,
    /** Both sides of every connection within a cluster. */
    PEER
  }

  /** What a certificate says. */
  record Request(String name, Use use, List<String> hosts, Instant from, Instant until) {}

  private Certificates() {}

  static Identity selfSigned(Request request) {
    KeyPair keys = keys();
    return sign(request, keys, principal(request.name()), keys);
  }

  static Identity issue(Request request, Identity authority) {
    X509Certificate signer = authority.certificate();
    return sign(
        request,
        keys(),
        signer.getSubjectX500Principal(),
        new KeyPair(signer.getPublicKey(), authority.key()));
  }

  private static X500Principal principal(String name) {
    return new X500Principal("CN=" + name);
  }

  private static KeyPair keys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no P-256", e);
    }
  }

  private static Identity sign(
      Request request, KeyPair keys, X500Principal issuer, KeyPair signer) {
    var builder =
        new JcaX509v3CertificateBuilder(
            issuer,
            new BigInteger(159, RANDOM).setBit(0),
            Date.from(request.from().minus(EARLIER)),
            Date.from(request.until()),
            principal(request.name()),
            keys.getPublic());
    try {
      boolean isAuthority = request.use() == Use.AUTHORITY;
      builder.addExtension(
          Extension.basicConstraints,
          true,
          isAuthority ? new BasicConstraints(0) : new BasicConstraints(false));
      builder.addExtension(
          Extension.keyUsage,
          true,
          new KeyUsage(isAuthority ? KeyUsage.keyCertSign : KeyUsage.digitalSignature));
      // Strict clients, such as Python's since 3.13, do not believe a certificate without these
      // two.
      var identifiers = new JcaX509ExtensionUtils();
      builder.addExtension(
          Extension.subjectKeyIdentifier,
          false,
          identifiers.createSubjectKeyIdentifier(keys.getPublic()));
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          identifiers.createAuthorityKeyIdentifier(signer.getPublic()));
      if (!isAuthority) {
        builder.addExtension(
            Extension.extendedKeyUsage, true, new ExtendedKeyUsage(purposes(request.use())));
      }
      if (!request.hosts().isEmpty()) {
        builder.addExtension(Extension.subjectAlternativeName, false, names(request.hosts()));
      }
      return new Identity(
          keys.getPrivate(),
          new JcaX509CertificateConverter()
              .getCertificate(
                  builder.build(
                      new JcaContentSignerBuilder("SHA256withECDSA").build(signer.getPrivate()))));
    } catch (CertIOException | OperatorCreationException | GeneralSecurityException e) {
      throw new IllegalStateException("no certificate can be made for " + request.name(), e);
    }
  }

  private static KeyPurposeId[] purposes(Use use) {
    return switch (use) {
      case AUTHORITY -> new KeyPurposeId[0];
      case SERVER -> new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth};
      case CLIENT -> new KeyPurposeId[] {KeyPurposeId.id_kp_clientAuth};
      case PEER ->
          new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth};
    };
  }

  private static ASN1Encodable names(List<String> hosts) {
    return new GeneralNames(
        hosts.stream()
            .map(host -> new GeneralName(GeneralName.dNSName, host))
            .toArray(GeneralName[]::new));
  }
}
