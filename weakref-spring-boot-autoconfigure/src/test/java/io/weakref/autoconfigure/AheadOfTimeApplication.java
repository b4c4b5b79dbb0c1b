package io.weakref.autoconfigure;

import io.weakref.autoconfigure.metrics.WeakrefMetricsAutoConfiguration;
import io.weakref.collection.WeakSet;
import io.weakref.collection.WeakValueDictionary;
import io.weakref.context.WeakCache;
import io.weakref.context.WeakCacheRegistry;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.AnnotationConfigUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The application that {@link AheadOfTimeTests} generate code for and start.
 */
@Configuration(proxyBeanMethods = false)
@ImportAutoConfiguration({ WeakrefAutoConfiguration.class, WeakrefMetricsAutoConfiguration.class })
class AheadOfTimeApplication {

	public static void main(String[] args) {
		SpringApplication application = new SpringApplication(AheadOfTimeApplication.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		try (ConfigurableApplicationContext context = application.run(args)) {
			WeakCacheRegistry registry = context.getBean(WeakCacheRegistry.class);
			System.out.println("started from generated code: "
					+ !context.containsBean(AnnotationConfigUtils.CONFIGURATION_ANNOTATION_PROCESSOR_BEAN_NAME));
			System.out.println("registered: " + registry.names());
			System.out.println("injected what is registered: " + context.getBean(Consumer.class).hasWhatIsIn(registry));
			System.out.println("tiles records statistics: " + registry.get("tiles").isRecordingStats());
		}
	}

	@Bean
	Consumer consumer(@WeakCache("requested") WeakSet<Viewer> requested) {
		return new Consumer(requested);
	}

	@Bean
	WeakSet<Id> adopted() {
		return new WeakSet<>();
	}

	@Bean
	@WeakCache("annotated")
	WeakValueDictionary<Id, Viewer> someBean() {
		return new WeakValueDictionary<>();
	}

	static class Consumer {

		private final WeakSet<Viewer> requested;

		@Autowired
		WeakValueDictionary<String, Tile> tiles;

		@Autowired
		WeakSet<Id> adopted;

		@Autowired
		@WeakCache("annotated")
		WeakValueDictionary<Id, Viewer> annotated;

		Consumer(WeakSet<Viewer> requested) {
			this.requested = requested;
		}

		private boolean hasWhatIsIn(WeakCacheRegistry registry) {
			return this.tiles == registry.get("tiles") && this.requested == registry.get("requested")
					&& this.adopted == registry.get("adopted") && this.annotated == registry.get("annotated");
		}

	}

	static class Id {

	}

	static class Tile {

	}

	static class Viewer {

	}

}
