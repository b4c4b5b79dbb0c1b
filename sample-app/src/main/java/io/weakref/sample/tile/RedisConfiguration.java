package io.weakref.sample.tile;

import java.time.Duration;

import org.springframework.boot.cache.autoconfigure.RedisCacheManagerBuilderCustomizer;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.data.redis.cache.RedisCacheConfiguration;
import org.springframework.data.redis.serializer.RedisSerializationContext.SerializationPair;
import org.springframework.data.redis.serializer.RedisSerializer;

/**
 * Configures how tiles are stored in Redis: as PNG, for an hour.
 */
@Configuration(proxyBeanMethods = false)
@EnableCaching
@Profile("redis")
class RedisConfiguration {

	@Bean
	RedisCacheManagerBuilderCustomizer cachesOfTheAtlas(TileImages images) {
		RedisCacheConfiguration defaults = RedisCacheConfiguration.defaultCacheConfig().entryTtl(Duration.ofHours(1));
		return (builder) -> builder
			.withCacheConfiguration("tiles",
					defaults.serializeValuesWith(SerializationPair.fromSerializer(new PngSerializer(images))))
			.withCacheConfiguration("editions",
					defaults.serializeValuesWith(SerializationPair.fromSerializer(RedisSerializer.string())));
	}

}
