package com.example;

import java.util.concurrent.locks.Lock;

import io.weakref.collection.WeakLocks;
import io.weakref.context.WeakCache;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.support.locks.LockRegistry;

@Configuration(proxyBeanMethods = false)
class LockRegistryConfiguration {

	@Bean
	LockRegistry<Lock> lockRegistry(@WeakCache("messageGroups") WeakLocks<Object> locks) {
		return locks::get;
	}

}
