// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPoolBooks, Stop} from "../../../contracts/interfaces/IPoolBooks.sol";
import {PoolFixture} from "./PoolFixture.sol";

/// @dev I16 for the pool: each stop stops what the table says and nothing else.
contract StopsTest is PoolFixture {
    address private constant ALICE = address(0xA11CE);

    struct Open {
        bool deposits;
        bool fills;
        bool newKeys;
        bool topUps;
    }

    function setUp() external {
        deployPool();
        deposit(ALICE, 400 ether);
        requestRedeem(ALICE, 10 ether);
        report(0);
        pool.fill(1);
        requestRedeem(ALICE, 10 ether);
        report(0);
    }

    function test_nothingIsStoppedAtFirst() external {
        _check(Open({deposits: true, fills: true, newKeys: true, topUps: true}));
    }

    function test_freezeStopsDepositsAndFills() external {
        pool.freeze(uint64(block.timestamp + 1 days));
        _check(Open({deposits: false, fills: false, newKeys: true, topUps: true}));
    }

    function test_freezeEndsByCallOrByTime() external {
        pool.freeze(uint64(block.timestamp + 1 days));
        pool.unfreeze();
        check(pool.maxDeposit(ALICE) > 0, "by call");
        pool.freeze(uint64(block.timestamp + 1 days));
        vm.warp(block.timestamp + 1 days);
        check(pool.maxDeposit(ALICE) > 0, "by time");
    }

    function test_pauseStopsDepositsAndNewKeys() external {
        pool.pause(uint64(block.timestamp + 1 days));
        _check(Open({deposits: false, fills: true, newKeys: false, topUps: true}));
    }

    function test_quarantineStopsDepositsNewKeysAndTopUps() external {
        pool.quarantine(uint64(block.timestamp + 1 days));
        _check(Open({deposits: false, fills: true, newKeys: false, topUps: false}));
    }

    function test_staleReportsStopDeposits() external {
        pool.setReportClock(true);
        vm.warp(block.timestamp + 3 days);
        _check(Open({deposits: false, fills: true, newKeys: true, topUps: true}));
    }

    function test_exitWithTopUpInFlight_stopsDepositsAlone() external {
        pool.setTopUpLeaving(true);
        check(pool.stops().topUpLeaving, "told");
        _check(Open({deposits: false, fills: true, newKeys: true, topUps: true}));
        vm.expectRevert(abi.encodeWithSelector(IPoolBooks.Stopped.selector, Stop.TopUpLeaving));
        pool.deposit{value: 1 ether}(1 ether, ALICE);
        pool.setTopUpLeaving(false);
        check(pool.maxDeposit(ALICE) > 0, "over");
    }

    function test_closingStopsDepositsFillsNewKeysAndTopUpsForEver() external {
        pool.setReportClock(true);
        vm.warp(block.timestamp + 60 days);
        pool.close();
        _check(Open({deposits: false, fills: false, newKeys: false, topUps: false}));
    }

    function test_clockRunsOnlyWhileAKeyIsLive() external {
        vm.warp(block.timestamp + 1000 days);
        IPoolBooks.Stops memory stops = pool.stops();
        check(stops.depositsCloseAt == type(uint40).max && stops.closableAt == type(uint40).max, "no validator");
        check(pool.maxDeposit(ALICE) > 0, "deposits go on");
        pool.setReportClock(true);
        stops = pool.stops();
        check(stops.depositsCloseAt == block.timestamp + 3 days, "counted from the first key");
        check(stops.closableAt == block.timestamp + 60 days, "closing too");
        vm.warp(block.timestamp + 2 days);
        pool.setReportClock(true);
        check(pool.stops().depositsCloseAt == block.timestamp + 1 days, "asking again changes nothing");
        report(0);
        check(pool.stops().depositsCloseAt == block.timestamp + 3 days, "a finish starts it anew");
        pool.setReportClock(false);
        check(pool.stops().depositsCloseAt == type(uint40).max, "off");
    }

    function test_onlyTheNamedContractMayStop() external {
        bytes[] memory calls = new bytes[](12);
        calls[0] = abi.encodeCall(pool.freeze, (1));
        calls[1] = abi.encodeCall(pool.unfreeze, ());
        calls[2] = abi.encodeCall(pool.pause, (1));
        calls[3] = abi.encodeCall(pool.quarantine, (1));
        calls[4] = abi.encodeCall(pool.setReportClock, (true));
        calls[5] = abi.encodeCall(pool.openReport, ());
        calls[6] = abi.encodeCall(pool.finishReport, (1));
        calls[7] = abi.encodeCall(pool.burnBond, (1));
        calls[8] = abi.encodeCall(pool.burnFees, (1));
        calls[9] = abi.encodeCall(pool.fundTopUp, (1));
        calls[10] = abi.encodeCall(pool.fundPredeposit, ());
        calls[11] = abi.encodeCall(pool.setTopUpLeaving, (true));
        for (uint256 i = 0; i < calls.length; i++) {
            vm.prank(ALICE);
            (bool success, bytes memory result) = address(pool).call(calls[i]);
            check(!success && bytes4(result) == IPoolBooks.Unauthorized.selector, "stranger");
        }
        vm.expectPartialRevert(IPoolBooks.Unauthorized.selector);
        vault.sweep{gas: 100_000}();
    }

    function test_plainEtherIsRefused() external {
        (bool success, ) = address(pool).call{value: 1}("");
        check(!success, "refused");
    }

    /// @dev What no stop stops is tried each time: claims, reports, requests (until closing), bonds, transfers.
    function _check(Open memory expected) private {
        bool closed = pool.closedAt() != 0;
        check((pool.maxDeposit(ALICE) > 0) == expected.deposits, "maxDeposit");
        check((pool.maxMint(ALICE) > 0) == expected.deposits, "maxMint");
        check(pool.acceptsNewKeys() == expected.newKeys, "acceptsNewKeys");
        check(pool.acceptsTopUps() == expected.topUps, "acceptsTopUps");
        check(_tried(abi.encodeCall(pool.deposit, (1 ether, ALICE)), 1 ether) == expected.deposits, "deposit");
        check(_tried(abi.encodeCall(pool.depositAtLeast, (ALICE, 0)), 1 ether) == expected.deposits, "guarded");
        check(_tried(abi.encodeCall(pool.mint, (1 ether, ALICE)), 2 ether) == expected.deposits, "mint");
        check(_tried(abi.encodeCall(pool.fundPredeposit, ()), 0) == expected.newKeys, "predeposit");
        check(_tried(abi.encodeCall(pool.fundTopUp, (32 ether)), 0) == expected.topUps, "top-up");
        check(_tried(abi.encodeCall(pool.fill, (1)), 0) == expected.fills, "fill");
        check(_tried(abi.encodeCall(pool.openReport, ()), 0) != closed, "report");
        check(_tried(abi.encodeCall(pool.finishReport, (0)), 0) != closed, "finish");
        check(_tried(abi.encodeCall(pool.mintFees, ()), 0) != closed, "fees");
        vm.prank(ALICE);
        check(pool.redeem(5 ether, ALICE, ALICE) == 5 ether, "claims");
        vm.prank(ALICE);
        check(_tried(abi.encodeCall(pool.requestRedeem, (1 ether, ALICE, ALICE)), 0) != closed, "requests");
        vm.prank(ALICE);
        check(pool.transfer(REGISTRY, 2 ether), "transfers");
        vm.prank(REGISTRY);
        pool.burnBond(1 ether);
    }

    function _tried(bytes memory call, uint256 value) private returns (bool success) {
        (success, ) = address(pool).call{value: value}(call);
    }
}
