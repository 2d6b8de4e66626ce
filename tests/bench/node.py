# SPDX-License-Identifier: Apache-2.0
"""Prints a node for libvirt's test driver with N running domains: node.py N."""
import sys

count = int(sys.argv[1])
print("""<node><cpu><mhz>2400</mhz><model>xeon</model><active>64</active><nodes>2</nodes>
<sockets>2</sockets><cores>16</cores><threads>2</threads></cpu><memory>268435456</memory>
<network><name>default</name><forward mode='nat'/><bridge name='virbr0'/>
<ip address='192.168.122.1' netmask='255.255.255.0'/></network>""")
for i in range(count):
    print(f"""<domain type='test' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'>
<name>vnf-{i:04d}</name><uuid>00000000-0000-4000-9000-{i:012d}</uuid>
<memory unit='MiB'>4096</memory><vcpu placement='static' cpuset='{i % 64}'>4</vcpu>
<cputune><vcpupin vcpu='0' cpuset='{i % 64}'/><vcpupin vcpu='1' cpuset='{(i + 1) % 64}'/>
<emulatorpin cpuset='1'/></cputune>
<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type>
<loader readonly='yes' secure='yes' type='pflash'>/usr/share/OVMF/OVMF_CODE_4M.ms.fd</loader>
<nvram>/var/lib/libvirt/qemu/nvram/{i}.fd</nvram></os>
<features><acpi/><apic/><smm state='on'/></features><cpu mode='host-passthrough'/>
<seclabel type='dynamic' model='apparmor' relabel='yes'/>
<seclabel type='static' model='dac' relabel='yes'><label>+64055:+64055</label></seclabel>
<devices><emulator>/usr/bin/qemu-system-x86_64</emulator>
<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='/srv/vnf-{i}.qcow2'/>
<target dev='vda' bus='virtio'/></disk>
<disk type='network' device='disk'><driver name='qemu' type='raw'/>
<source protocol='rbd' name='pool/volume-{i}'><host name='ceph' port='6789'/></source>
<target dev='vdb' bus='virtio'/></disk>
<interface type='bridge'><mac address='52:54:00:00:{i // 256:02x}:{i % 256:02x}'/>
<source bridge='br0'/><model type='virtio'/></interface>
<interface type='vhostuser'><mac address='52:54:01:00:{i // 256:02x}:{i % 256:02x}'/>
<source type='unix' path='/run/vhost/{i}.sock' mode='client'/><model type='virtio'/></interface>
<hostdev mode='subsystem' type='pci' managed='yes'><source>
<address domain='0' bus='{i // 200 + 1}' slot='{i % 32}' function='{i % 8}'/></source></hostdev>
<serial type='pty'><target port='0'/></serial>
<graphics type='vnc' port='{5900 + i}' autoport='no' listen='127.0.0.1'/>
<video><model type='virtio'/></video>
<tpm model='tpm-crb'><backend type='emulator' version='2.0'/></tpm>
<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
<memballoon model='none'/></devices>
<test:runstate>1</test:runstate></domain>""")
print("</node>")
