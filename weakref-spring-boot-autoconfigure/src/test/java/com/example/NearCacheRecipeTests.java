package com.example;

import java.util.concurrent.atomic.AtomicInteger;

import io.weakref.GarbageCollection;
import io.weakref.autoconfigure.WeakrefAutoConfiguration;
import io.weakref.autoconfigure.near.NearCacheAutoConfiguration;
import io.weakref.near.redis.RedisServer;
import io.weakref.near.redis.RequiresRedis;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs the code on the page about the near cache.
 */
@RequiresRedis
@Tag("slow")
class NearCacheRecipeTests {

	@Test
	void sameInstanceIsReturnedAsLongAsItIsInUse() {
		try (RedisServer server = RedisServer.start()) {
			new ApplicationContextRunner()
				.withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class, CacheAutoConfiguration.class,
						WeakrefAutoConfiguration.class, NearCacheAutoConfiguration.class))
				.withPropertyValues("weakref.near-cache.enabled=true", "spring.cache.type=redis",
						"spring.data.redis.host=127.0.0.1", "spring.data.redis.port=" + server.port())
				.withUserConfiguration(CachingConfiguration.class)
				.withBean(CustomerRepository.class)
				.withBean(NearCustomerService.class)
				.run((context) -> {
					NearCustomerService service = context.getBean(NearCustomerService.class);
					GarbageCollection.await(() -> {
						Customer customer = service.customer("a");
						return service.customer("a") == customer;
					});
					AtomicInteger loaded = context.getBean(CustomerRepository.class).loaded;
					int before = loaded.get();
					assertThat(service.customer("a")).isEqualTo(new Customer("a"));
					assertThat(loaded).hasValue(before);
				});
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching
	static class CachingConfiguration {

	}

}
