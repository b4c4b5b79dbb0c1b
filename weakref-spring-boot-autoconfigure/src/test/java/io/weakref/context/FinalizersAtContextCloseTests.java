package io.weakref.context;

import java.util.ArrayList;
import java.util.List;

import io.weakref.cleaner.CleanerInternals;
import io.weakref.cleaner.WeakCleaner;
import io.weakref.reference.Finalizer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for promise 22: the finalizers of a context run when it closes.
 */
class FinalizersAtContextCloseTests {

	@Test
	@Tag("promise-22")
	void finalizersRunNewestFirstBeforeBeansAreDestroyed() {
		List<String> ran = new ArrayList<>();
		Object referent = new Object();
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.register(Beans.class);
			context.registerBean(DisposableBean.class, () -> () -> ran.add("bean destroyed"));
			context.refresh();
			WeakCleaner cleaner = context.getBean(WeakCleaner.class);
			Finalizer.register(referent, () -> ran.add("older"), cleaner);
			Finalizer.register(referent, () -> ran.add("newer"), cleaner);
			assertThat(CleanerInternals.runsFinalizersOnCloseOnly(cleaner)).isTrue();
			assertThat(ran).isEmpty();
		}
		assertThat(ran).containsExactly("newer", "older", "bean destroyed");
	}

	@Configuration(proxyBeanMethods = false)
	static class Beans {

		@Bean
		WeakCleaner weakCleaner() {
			return WeakCleaner.builder().threadName("context-test").build();
		}

		@Bean
		WeakCleanerLifecycle weakCleanerLifecycle(WeakCleaner weakCleaner) {
			return new WeakCleanerLifecycle(weakCleaner, null);
		}

	}

}
