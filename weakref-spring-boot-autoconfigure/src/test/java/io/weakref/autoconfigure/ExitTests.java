package io.weakref.autoconfigure;

import java.util.List;

import io.weakref.ForkedJvm;
import io.weakref.cleaner.WeakCleaner;
import io.weakref.reference.Finalizer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests promise 22 at the exit of an application with the logging of Spring Boot.
 */
@Tag("slow")
class ExitTests {

	@Test
	@Tag("promise-22")
	void exceptionOfAFinalizerAtExitIsReported() {
		assertReported(ForkedJvm.run(FailureAtExit.class));
	}

	@Test
	@Tag("promise-22")
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no SIGTERM")
	void exceptionOfAFinalizerAtTerminationIsReported() {
		assertReported(ForkedJvm.runUntilTerminated(FailureAtExit.class, "-Dterminate=true"));
	}

	private static void assertReported(List<String> lines) {
		assertThat(lines).contains("java.lang.ArithmeticException: on purpose, the context's",
				"java.lang.IllegalStateException: on purpose, shared");
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(WeakrefAutoConfiguration.class)
	static class FailureAtExit {

		public static void main(String[] args) {
			SpringApplication application = new SpringApplicationBuilder(FailureAtExit.class)
				.web(WebApplicationType.NONE)
				.build();
			ConfigurableApplicationContext context = application.run(args);
			Object referent = new Object();
			Finalizer.register(referent, () -> {
				throw new ArithmeticException("on purpose, the context's");
			}, context.getBean(WeakCleaner.class));
			Finalizer.register(referent, () -> {
				throw new IllegalStateException("on purpose, shared");
			});
			if (Boolean.getBoolean("terminate")) {
				ForkedJvm.terminate();
			}
			System.exit(0);
		}

	}

}
