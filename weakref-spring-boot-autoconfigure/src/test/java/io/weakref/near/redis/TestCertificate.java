package io.weakref.near.redis;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;

/**
 * A self-signed certificate for {@code localhost}, created with the JDK's keytool.
 *
 * @param certificate the file of the certificate
 * @param key the file of its private key
 */
record TestCertificate(Path certificate, Path key) {

	static TestCertificate create(Path folder) throws IOException, GeneralSecurityException, InterruptedException {
		Path store = folder.resolve("store.p12");
		Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
				"-genkeypair", "-alias", "redis", "-keyalg", "RSA", "-dname", "CN=localhost", "-ext",
				"SAN=dns:localhost,ip:127.0.0.1", "-storetype", "PKCS12", "-keystore", store.toString(), "-storepass",
				"changeit", "-validity", "2")
			.redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.start();
		if (keytool.waitFor() != 0) {
			throw new IllegalStateException("keytool failed");
		}
		KeyStore keys = KeyStore.getInstance("PKCS12");
		try (InputStream input = Files.newInputStream(store)) {
			keys.load(input, "changeit".toCharArray());
		}
		return new TestCertificate(write(folder, "CERTIFICATE", keys.getCertificate("redis").getEncoded()),
				write(folder, "PRIVATE KEY", keys.getKey("redis", "changeit".toCharArray()).getEncoded()));
	}

	private static Path write(Path folder, String type, byte[] content) throws IOException {
		return Files.writeString(folder.resolve(type.replace(' ', '-') + ".pem"),
				"-----BEGIN %1$s-----%n%2$s%n-----END %1$s-----%n".formatted(type,
						Base64.getMimeEncoder().encodeToString(content)));
	}

}
