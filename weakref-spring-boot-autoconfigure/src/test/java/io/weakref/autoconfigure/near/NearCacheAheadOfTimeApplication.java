package io.weakref.autoconfigure.near;

import io.weakref.autoconfigure.WeakrefAutoConfiguration;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.AnnotationConfigUtils;
import org.springframework.context.annotation.Configuration;

/**
 * The application that {@link NearCacheAheadOfTimeTests} generate code for and start.
 */
@Configuration(proxyBeanMethods = false)
@EnableCaching
@ImportAutoConfiguration({ DataRedisAutoConfiguration.class, CacheAutoConfiguration.class,
		WeakrefAutoConfiguration.class, NearCacheAutoConfiguration.class, NearCacheMetricsAutoConfiguration.class,
		NearCacheHealthContributorAutoConfiguration.class })
class NearCacheAheadOfTimeApplication {

	public static void main(String[] args) {
		SpringApplication application = new SpringApplication(NearCacheAheadOfTimeApplication.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		try (ConfigurableApplicationContext context = application.run(args)) {
			System.out.println("started from generated code: "
					+ !context.containsBean(AnnotationConfigUtils.CONFIGURATION_ANNOTATION_PROCESSOR_BEAN_NAME));
			System.out
				.println("near caches: " + context.getBean("weakNearCacheManager", CacheManager.class).getCacheNames());
		}
	}

}
