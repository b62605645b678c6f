// What the makers' tools print, cut to what matters and a little beside it.

export const nvidiaTable = `0, GPU-5a1c8f0e-1111-2222-3333-444455556666, NVIDIA GeForce RTX 4090, 24564, 23000, 37, 61, 212.55, 450.00
1, GPU-5a1c8f0e-aaaa-bbbb-cccc-ddddeeeeffff, NVIDIA A40-8Q, 8192, 8000, [N/A], [Not Supported], [N/A], [N/A]
2, GPU-00000000-0000-0000-0000-000000000000, NVIDIA GB10, [N/A], [N/A], 0, 38, 4.44, [N/A]
`;

/** ROCm 6 and 7: the list bare or under a name, limits flat or by kind. */
export const amdStatic6 = `[{
  "gpu": 0,
  "asic": { "market_name": "AMD Instinct MI210", "vendor_id": "0x1002", "num_compute_units": 104 },
  "limit": {
    "max_power": { "value": 300, "unit": "W" },
    "socket_power": { "value": 290, "unit": "W" },
    "slowdown_edge_temperature": { "value": 99, "unit": "C" }
  }
}]`;
export const amdStatic7 = `{ "gpu_data": [{
  "gpu": 0,
  "asic": { "market_name": "AMD Radeon AI PRO R9700", "oam_id": "N/A" },
  "limit": {
    "ppt0": { "max_power_limit": { "value": 330, "unit": "W" }, "socket_power_limit": { "value": 300, "unit": "W" } },
    "ppt1": { "max_power_limit": "N/A", "socket_power_limit": "N/A" }
  }
}] }`;
export const amdMetric6 = `WARNING: User is missing the following required groups: render, video.
[{
  "gpu": 0,
  "usage": { "gfx_activity": { "value": 73, "unit": "%" }, "mm_activity": "N/A", "vcn_activity": ["N/A"] },
  "mem_usage": { "total_vram": { "value": 65520, "unit": "MB" }, "used_vram": { "value": 520, "unit": "MB" } },
  "temperature": { "edge": "N/A", "hotspot": { "value": 61, "unit": "C" }, "mem": { "value": 58, "unit": "C" } },
  "power": { "socket_power": { "value": 142, "unit": "W" }, "gfx_voltage": "N/A", "throttle_status": "UNTHROTTLED" }
}]`;
export const amdMetric7 = `{ "gpu_data": [
  {
    "gpu": 0,
    "usage": "N/A",
    "mem_usage": { "total_vram": { "value": 32624, "unit": "MB" }, "used_vram": { "value": 624, "unit": "MB" } },
    "temperature": { "edge": { "value": 44, "unit": "C" }, "hotspot": { "value": 50, "unit": "C" } },
    "power": { "socket_power": { "value": 22, "unit": "W" } }
  },
  { "gpu": 1, "usage": "N/A", "mem_usage": "N/A", "temperature": "N/A", "power": "N/A" }
] }`;

export const rocmCards = `{
  "card1": {
    "Card series": "Radeon RX 7900 XTX", "VRAM Total Memory (B)": "25753026560",
    "VRAM Total Used Memory (B)": "1000", "GPU use (%)": "12", "Temperature (Sensor edge) (C)": "45.0",
    "Average Graphics Package Power (W)": "60.0", "Max Graphics Package Power (W)": "303.0"
  },
  "card0": {
    "Card Series": "0x744c", "Card Model": "AMD Instinct MI300X", "VRAM Total Memory (B)": "205822885888",
    "VRAM Total Used Memory (B)": "2654650368", "GPU use (%)": "0", "Temperature (Sensor edge) (C)": "N/A",
    "Temperature (Sensor junction) (C)": "39.0", "Current Socket Graphics Package Power (W)": "141.0"
  },
  "system": { "PID28389": "python3, 1, 2353860608, 11011, 0" }
}`;

export const intelDevices = `{ "device_list": [
  { "device_id": 0, "device_name": "Intel(R) Arc(TM) A770 Graphics", "device_type": "GPU", "uuid": "00000000-0000" },
  { "device_id": 1, "device_name": "Intel(R) Data Center GPU Max 1550", "device_type": "GPU" },
  { "device_id": 2, "device_name": "Intel(R) UHD Graphics 770", "device_type": "GPU" }
] }`;
export const intelDetails = [
  '{ "device_id": 0, "memory_physical_size_byte": "17179869184", "driver_version": "1.6" }',
  '{ "device_id": 1, "memory_physical_size_byte": "137438953472" }',
  '{ "device_id": 2, "memory_physical_size_byte": "" }',
];
export const intelStats = [
  `{ "device_id": 0, "device_level": [
    { "metrics_type": "XPUM_STATS_POWER", "value": 44.69, "avg": 44.1 },
    { "metrics_type": "XPUM_STATS_GPU_FREQUENCY", "value": 1550 },
    { "metrics_type": "XPUM_STATS_GPU_CORE_TEMPERATURE", "value": 53.0 },
    { "metrics_type": "XPUM_STATS_MEMORY_USED", "value": 1024.0 },
    { "metrics_type": "XPUM_STATS_GPU_UTILIZATION", "value": 8.5 }
  ] }`,
  `{ "device_id": 1, "device_level": [{ "metrics_type": "XPUM_STATS_POWER", "value": 300 }], "tile_level": [
    { "tile_id": 0, "data_list": [
      { "metrics_type": "XPUM_STATS_MEMORY_USED", "value": 1000 },
      { "metrics_type": "XPUM_STATS_GPU_CORE_TEMPERATURE", "value": 40 },
      { "metrics_type": "XPUM_STATS_GPU_UTILIZATION", "value": 100 }
    ] },
    { "tile_id": 1, "data_list": [
      { "metrics_type": "XPUM_STATS_MEMORY_USED", "value": 24 },
      { "metrics_type": "XPUM_STATS_GPU_CORE_TEMPERATURE", "value": 47 },
      { "metrics_type": "XPUM_STATS_GPU_UTILIZATION", "value": 50 }
    ] }
  ] }`,
  '{ "device_id": 2, "device_level": [] }',
];

export const appleRegistry = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<array>
	<dict>
		<key>AGXParameterBufferMaxSize</key>
		<integer>-1717043200</integer>
		<key>IOClass</key>
		<string>AGXAcceleratorG16X</string>
		<key>IORegistryEntryChildren</key>
		<array/>
		<key>Metal &amp; more</key>
		<true/>
		<key>PerformanceStatistics</key>
		<dict>
			<key>Alloc system memory</key>
			<integer>8970174464</integer>
			<key>Device Utilization %</key>
			<integer>12</integer>
			<key>In use system memory</key>
			<integer>1270726656</integer>
		</dict>
		<key>gpu-core-count</key>
		<integer>16</integer>
		<key>model</key>
		<string>Apple M4 Pro</string>
		<key>vendor-id</key>
		<data>
		axAAAA==
		</data>
	</dict>
</array>
</plist>
`;
