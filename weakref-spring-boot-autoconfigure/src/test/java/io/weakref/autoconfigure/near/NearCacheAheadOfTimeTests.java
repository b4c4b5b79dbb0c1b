package io.weakref.autoconfigure.near;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

import io.weakref.ForkedJvm;
import io.weakref.autoconfigure.WeakrefAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringApplicationAotProcessor;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.AnnotationConfigUtils;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.aot.AbstractAotProcessor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for an application with a near cache that is processed ahead of time. No server
 * is needed.
 */
class NearCacheAheadOfTimeTests {

	private static final String[] PROPERTIES = { "weakref.near-cache.enabled=true",
			"weakref.near-cache.cache-names=customers", "spring.cache.type=redis", "spring.data.redis.port=1" };

	@Test
	void applicationStartsFromWhatWasGenerated(@TempDir Path folder) throws IOException {
		Path classes = folder.resolve("classes");
		AbstractAotProcessor.Settings settings = AbstractAotProcessor.Settings.builder()
			.sourceOutput(folder.resolve("sources"))
			.resourceOutput(classes)
			.classOutput(classes)
			.groupId("io.weakref")
			.artifactId("near-aot-tests")
			.build();
		new SpringApplicationAotProcessor(Application.class, settings,
				Arrays.stream(PROPERTIES).map("--"::concat).toArray(String[]::new))
			.process();
		String classPath = classes + File.pathSeparator + System.getProperty("java.class.path");
		compile(folder.resolve("sources"), classes, classPath);
		assertThat(ForkedJvm.run(classPath, Application.class,
				Stream.concat(Stream.of("-Dspring.aot.enabled=true"), Arrays.stream(PROPERTIES).map("-D"::concat))
					.toArray(String[]::new)))
			.contains("started from generated code: true", "near caches: [customers]");
	}

	private static void compile(Path sources, Path classes, String classPath) throws IOException {
		List<String> arguments = new ArrayList<>(
				List.of("-proc:none", "-nowarn", "-d", classes.toString(), "-cp", classPath));
		try (Stream<Path> files = Files.walk(sources)) {
			files.map(Path::toString).filter((file) -> file.endsWith(".java")).forEach(arguments::add);
		}
		StringWriter errors = new StringWriter();
		int result = ToolProvider.findFirst("javac")
			.orElseThrow()
			.run(new PrintWriter(errors), new PrintWriter(errors), arguments.toArray(String[]::new));
		assertThat(result).as(errors.toString()).isZero();
	}

	/**
	 * The application that code is generated for.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableCaching
	@ImportAutoConfiguration({ DataRedisAutoConfiguration.class, CacheAutoConfiguration.class,
			WeakrefAutoConfiguration.class, NearCacheAutoConfiguration.class, NearCacheMetricsAutoConfiguration.class,
			NearCacheHealthContributorAutoConfiguration.class })
	static class Application {

		public static void main(String[] args) {
			SpringApplication application = new SpringApplication(Application.class);
			application.setWebApplicationType(WebApplicationType.NONE);
			try (ConfigurableApplicationContext context = application.run(args)) {
				System.out.println("started from generated code: "
						+ !context.containsBean(AnnotationConfigUtils.CONFIGURATION_ANNOTATION_PROCESSOR_BEAN_NAME));
				System.out.println("near caches: "
						+ context.getBean("weakNearCacheManager", CacheManager.class).getCacheNames());
			}
		}

	}

}
